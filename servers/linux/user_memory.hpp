#pragma once
// A program's memory, as the server reaches it: through its own window on the page frames, after a
// walk of its own books. Pages that are not there yet are brought in, shared ones are copied before
// they are written; what the program itself could not touch is EFAULT.

#include <servers/linux/errno.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>

namespace personality {

/// An address in a program.
using UserAddress = std::uint64_t;

class UserMemory {
public:
    virtual ~UserMemory() = default;

    /// The bytes at `address`, as many as lie together: at least one, at most `bytes`, never beyond
    /// the page. The span is good until the next call of any function that may map or unmap.
    virtual Result<std::span<std::byte const>> readable(UserAddress address, std::size_t bytes) = 0;
    virtual Result<std::span<std::byte>> writable(UserAddress address, std::size_t bytes) = 0;

    Result<> copy_in(std::span<std::byte> to, UserAddress from);
    Result<> copy_out(UserAddress to, std::span<std::byte const> from);
    Result<> fill(UserAddress to, std::byte value, std::size_t bytes);

    template <class T>
        requires std::is_trivially_copyable_v<T>
    Result<T> load(UserAddress from) {
        T value;
        TRY(copy_in(std::as_writable_bytes(std::span(&value, 1)), from));
        return value;
    }
    template <class T>
        requires std::is_trivially_copyable_v<T>
    Result<> store(UserAddress to, T const& value) {
        return copy_out(to, std::as_bytes(std::span(&value, 1)));
    }

    /// A zero-terminated string, terminator left out; `too_long` if it does not fit into `to`.
    Result<std::string_view> string(std::span<char> to, UserAddress from,
                                    Errno too_long = Errno::nametoolong);
};

} // namespace personality

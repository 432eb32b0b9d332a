#pragma once
// The stack that a new program finds (System V ABI for AMD64, section 3.4.1):
//
//     top      | 8 zero bytes                                        |
//              | path | environment strings | argument strings       |
//              | "x86_64", 16 random bytes, padding to 16            |
//              | auxiliary vector | environment pointers | 0         |
//     RSP ->   | argc | argument pointers | 0                        |

#include <servers/linux/memory/program_space.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace personality {

/// Strings that a program is given: of another program's memory, or of the server, or both.
class StringList {
public:
    /// The server's own.
    explicit StringList(std::span<std::string_view const> own) : own_(own) {}
    /// An array of pointers, ended by a null pointer; an address of 0 is an empty one.
    StringList(UserMemory& memory, UserAddress pointers) : memory_(&memory), pointers_(pointers) {}

    /// Count them. E2BIG if they are absurdly many.
    Result<> count();
    std::size_t size() const { return interpreters_.size() + own_.size() + user_count_ - skipped_; }
    /// Once counted: put these in the place of the first string (a script's interpreter).
    void replace_first(std::span<std::string_view const> with);

private:
    friend class StackBuilder;
    std::span<std::string_view const> interpreters_; ///< go first
    std::span<std::string_view const> own_;          ///< and then these
    UserMemory* memory_ = nullptr;
    UserAddress pointers_ = 0;
    std::size_t user_count_ = 0;
    std::size_t skipped_ = 0; ///< of the user's, from the front
};

struct AuxiliaryEntry {
    std::uint64_t type, value;
};

class StackBuilder {
public:
    /// `limit`: the most bytes that strings and pointers may take.
    StackBuilder(ProgramSpace& space, UserAddress top, std::uint64_t limit)
        : space_(space), at_(top - 8), bottom_(top - limit) {}

    /// Push strings so that they end up in their order; returns where the first one lies.
    Result<UserAddress> push(StringList const& strings);
    Result<UserAddress> push(std::string_view text);
    Result<UserAddress> push_bytes(std::span<std::byte const> bytes);
    /// Leave `bytes` free: where the pointer ends up is not to be foreseen.
    Result<> skip(std::uint64_t bytes) { return make_room(bytes); }

    /// The rest: pointers to `arguments` and `environment` strings from their first on, and the
    /// auxiliary vector. Returns the stack pointer.
    Result<UserAddress> finish(UserAddress arguments, std::size_t argument_count,
                               UserAddress environment, std::size_t environment_count,
                               std::span<AuxiliaryEntry const> vector);

private:
    ProgramSpace& space_;
    UserAddress at_;
    UserAddress bottom_;

    Result<> push_from(UserMemory& memory, UserAddress text);
    Result<> make_room(std::uint64_t bytes);
    Result<UserAddress> write_pointers(UserAddress to, UserAddress string, std::size_t count);
};

} // namespace personality

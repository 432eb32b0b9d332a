#pragma once
// A cursor over the memory that one read or write moves: a buffer or an iovec array of a program,
// or memory of the server itself, all the same to a file.

#include <servers/linux/user_memory.hpp>

namespace personality {

/// Fewer bytes than were asked for are moved when the memory ends in the middle: the rest is not
/// there, and the caller reports what was done. EFAULT only when nothing at all could be moved.
class UserBuffer {
public:
    /// The most one call moves (MAX_RW_COUNT of Linux).
    static constexpr std::size_t max_bytes = 0x7fff'f000;
    static constexpr std::size_t max_vectors = 1024;

    static UserBuffer plain(UserMemory& memory, UserAddress address, std::size_t bytes);
    /// `count` iovecs at `vectors`; EINVAL if they are too many or too long together.
    static Result<UserBuffer> vectors(UserMemory& memory, UserAddress vectors, std::size_t count);
    static UserBuffer internal(std::span<std::byte> bytes);
    static UserBuffer internal(std::span<std::byte const> bytes); ///< for copy_in alone

    std::size_t remaining() const { return remaining_; }
    std::size_t moved() const { return moved_; }

    /// Move bytes to the program (a read) or from it (a write), and go on behind them. Returns how
    /// many, which is less than was offered only at the end of the buffer or at a fault.
    Result<std::size_t> copy_out(std::span<std::byte const> from);
    Result<std::size_t> copy_in(std::span<std::byte> to);
    Result<std::size_t> fill(std::byte value, std::size_t bytes);

    /// The next bytes in place (empty at the end), and the step behind those that were used.
    Result<std::span<std::byte>> next_writable(std::size_t most = max_bytes);
    Result<std::span<std::byte const>> next_readable(std::size_t most = max_bytes);
    void advance(std::size_t bytes);
    /// Step over what earlier runs of a call have moved. EFAULT, ENOMEM.
    Result<> skip(std::uint64_t bytes);

private:
    UserBuffer() = default;
    Result<> settle();

    UserMemory* memory_ = nullptr; ///< none: internal
    std::byte* internal_ = nullptr;
    UserAddress vectors_ = 0; ///< next iovec to load
    std::size_t vectors_left_ = 0;
    UserAddress address_ = 0; ///< of the current piece
    std::size_t piece_ = 0;   ///< bytes left of it
    std::size_t remaining_ = 0;
    std::size_t moved_ = 0;
};

} // namespace personality

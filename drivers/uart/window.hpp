#pragma once
// The restartable windows of window.S, which has the drawing.

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace uart {

using Position = std::atomic<std::uint64_t>;
static_assert(Position::is_always_lock_free && sizeof(Position) == 8);

/// Sends `count` bytes from `from` without a break; the caller knows that the chip takes them.
/// Stores the ring position after the last one and returns `count`.
extern "C" std::size_t uart_transmit(std::uint16_t port, std::byte const* from, std::size_t count,
                                     std::uint64_t position, Position* consumed);

/// Takes up to `room` bytes from the chip, as long as it has some, and stores the ring position
/// after each. Returns how many it took.
extern "C" std::size_t uart_receive(std::uint16_t port, std::byte* to, std::size_t room,
                                    std::uint64_t position, Position* produced);

} // namespace uart

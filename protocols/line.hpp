#pragma once
// Protocol "line": the session memory between a driver of serial lines and the console. There is no
// call; each side wakes the other with the notification of the session when a ring's flag asks
// for it (protocols/transport/ring.hpp), and once when it starts, since a wake-up may have died
// with a predecessor.
//
// The memory is made by the supervisor, of zeroes, and outlives both sides. Roles: the console is
// the session's server, the driver its client; either finds everything in the rings.
//
//     byte 0      Line[0], Line[1]            one page
//     byte 4096   received bytes of line 0    ring_bytes
//                 bytes to send of line 0     ring_bytes
//                 the same of line 1

#include <protocols/transport/byte_ring.hpp>
#include <protocols/window_size.hpp>

#include <array>
#include <span>

namespace protocols::line {

/// Which line is which, here and in terminal.hpp.
enum class Number : std::uint32_t {
    console = 0, ///< the first serial port: a person's terminal
    command = 1, ///< the second: the framed channel of command_channel.hpp
};
constexpr std::size_t lines = 2;
constexpr std::array numbers{Number::console, Number::command};

constexpr std::size_t ring_bytes = 16 * 1024;

struct Line {
    protocols::RingPositions received; ///< driver to console
    protocols::RingPositions to_send;  ///< console to driver
    SharedWindowSize window; ///< written by the driver, which signals the console after a change
};

struct Memory {
    alignas(4096) Line line[lines];
    struct Data {
        std::byte received[ring_bytes];
        std::byte to_send[ring_bytes];
    };
    alignas(4096) Data data[lines];
};
static_assert(sizeof(Memory) == 4096 + lines * 2 * ring_bytes);

/// What a session of this protocol needs, in bytes.
constexpr std::size_t memory_bytes = sizeof(Memory);

} // namespace protocols::line

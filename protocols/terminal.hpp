#pragma once
// Protocol "terminal": the session memory between the console and whoever uses its terminals (the
// Linux personality). It carries bytes as they come: no echo, no editing, no signals; those are the
// user's. Waking, roles and lifetime are as in line.hpp; the console is the server.
//
//     byte 0      Terminal[0], Terminal[1]     one page
//     byte 4096   input bytes of terminal 0    ring_bytes
//                 output bytes of terminal 0   ring_bytes
//                 the same of terminal 1

#include <protocols/line.hpp>

namespace protocols::terminal {

using line::lines;
using line::Number;
using line::numbers;

constexpr std::size_t ring_bytes = 16 * 1024;

/// The console's note of a move of bytes from one ring to another that it is about to commit. A
/// successor that finds `pending` set stores both positions again; doing so twice does no harm.
/// The user has no business here: a forged note loses or repeats bytes of its own terminal.
struct TransferRecord {
    std::atomic<std::uint64_t> consumed; ///< where the source will stand
    std::atomic<std::uint64_t> produced; ///< where the destination will stand
    std::atomic<std::uint64_t> pending;  ///< 1 while the two positions are being stored
};

struct Terminal {
    protocols::RingPositions input;  ///< console to user
    protocols::RingPositions output; ///< user to console
    SharedWindowSize window; ///< written by the console, which signals the user after a change
    alignas(64) TransferRecord input_record;
    TransferRecord output_record;
};

struct Memory {
    alignas(4096) Terminal terminal[lines];
    struct Data {
        std::byte input[ring_bytes];
        std::byte output[ring_bytes];
    };
    alignas(4096) Data data[lines];
};
static_assert(sizeof(Memory) == 4096 + lines * 2 * ring_bytes);

/// What a session of this protocol needs, in bytes.
constexpr std::size_t memory_bytes = sizeof(Memory);

} // namespace protocols::terminal

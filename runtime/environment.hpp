#pragma once
// What this process was given, in the one form that the rest of the runtime uses: read from the
// start page, or from BootInfo in the first process. Both lie at the same address and are told
// apart by their magic numbers.

#include <abi/boot.hpp>
#include <abi/clock.hpp>
#include <abi/message.hpp>
#include <protocols/start_page.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace runtime {

struct Environment {
    abi::BootInfo const* boot = nullptr;         ///< in the first process only
    protocols::StartPage const* start = nullptr; ///< in all others
    abi::CapAddress objects;                     ///< Untyped for kernel objects of our own
    abi::CapAddress pool_memory; ///< the Untyped of which our pool was made: it grows from that
    abi::CapAddress events;      ///< Notification, bound to the first thread; may be empty
    abi::CapAddress endpoint;    ///< that we serve; may be empty
    abi::CapAddress log_control; ///< Control with the right to log; may be empty
    std::uint32_t first_free_slot = 0;
    std::uint32_t slots = 0;
    abi::MessagePage* message_page = nullptr; ///< of the first thread
    abi::ClockPage const* clock = nullptr;
    protocols::StatusPage* status = nullptr; ///< the first process has one that nobody reads
    std::span<std::byte> log_ring;           ///< empty in the first process
    std::span<std::byte> heap;
};

/// Valid from before the C library comes up.
Environment const& environment();

/// Reads it, once, on the first thread, before anything else of the runtime is used. In the first
/// process it also makes heap and objects out of the largest Untyped of RAM (see boot_heap_bytes).
void read_environment();

/// What the first process takes for itself at its start. A program that needs another amount
/// defines its own: these are weak.
extern std::size_t const boot_heap_bytes;    ///< 8 MiB
extern std::size_t const boot_objects_bytes; ///< 4 MiB; a power of two

} // namespace runtime

#pragma once
// The trace: what each processor did, newest last, in a ring that is always written, and that
// whoever holds its Memory (RegionType::trace) may read. Of a record's 16 bytes eight are the time
// and eight say what happened; the two halves lie in arrays of their own.
//
// Read: `written` (acquire), the records before it, then `written` again: records older than the
// newest `trace_records`, less one that may be half written, have been overwritten meanwhile.

#include <abi/capability.hpp>

#include <cstdint>

namespace abi {

/// "Current" is the thread that runs on the processor whose ring it is.
enum class TraceKind : std::uint8_t {
    answer = 0,       ///< current has answered `thread`
    call = 1,         ///< current's message has reached `thread`; 0: it waits in a queue
    foreign_call = 2, ///< the same of a foreign call: `detail` is the low bits of its number
    fault =
        3, ///< the same of a fault or kick: `detail` 0 page fault, 1 exception, 2 kick, 3 timeout
    take = 4,         ///< current has taken the message of `thread` from a queue
    run = 5,          ///< the scheduler chose `thread`; 0: nobody
    wake = 6,         ///< a signal has woken `thread`
    interrupt = 7,    ///< `detail`: the vector
    mark = 8,         ///< TraceMark by current; the value is the time of the `value` record before
    value = 9,        ///< the time half is no time but a value
    thread_made = 10, ///< `thread` belongs to the process whose number is in `request`
    process_named =
        11, ///< `thread` is a process's number; the three `value` records before are its name
    thread_ended = 12,
};

/// The second half of a record.
struct TraceWhat {
    static constexpr unsigned detail_shift = 5, thread_shift = 16, request_shift = 32;
    static constexpr std::uint32_t kind_mask = 15;
    /// Current runs on. Without it, `thread` runs from now on in its place: a direct switch is one
    /// record.
    static constexpr std::uint32_t stays = 16;
    static constexpr std::uint32_t detail_mask = 0x7ff;
};

constexpr std::uint32_t trace_records = 0x1'0000; ///< of one ring: a 16-bit index wraps by itself

struct alignas(4096) TraceRing {
    std::uint64_t written; ///< records since boot; the next one's place is its low 16 bits
    std::uint64_t processor;
    std::uint64_t reserved[510];
    std::uint64_t time[trace_records]; ///< TSC
    std::uint64_t what[trace_records]; ///< kind, TraceWhat::stays, detail, thread, request
};
static_assert(sizeof(TraceRing) == 4096 + 16 * trace_records);

} // namespace abi

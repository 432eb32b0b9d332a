#pragma once
// What happens goes into the processor's ring (abi/trace.hpp), always: a record is a dozen
// instructions, and a round trip between two processes pays two of them. Nothing here reads.

#include <kernel/object/thread.hpp>
#include <kernel/sched/processor.hpp>

#include <abi/trace.hpp>

namespace kernel::trace {

using Kind = abi::TraceKind;

/// A record's event: what happened, and that its thread runs from now on in the current one's
/// place.
constexpr std::uint32_t of(Kind kind, std::uint64_t detail = 0) {
    return static_cast<std::uint32_t>(kind) |
           static_cast<std::uint32_t>(detail & abi::TraceWhat::detail_mask)
               << abi::TraceWhat::detail_shift;
}

[[gnu::always_inline]] inline void record(Processor& processor, std::uint64_t what) {
    auto& ring = *processor.trace;
    auto const at = static_cast<std::uint16_t>(ring.written);
    arch::store_tsc(ring.time[at]);
    ring.what[at] = what;
    asm volatile("" ::: "memory"); // what counts is whole
    ring.written++;
}
[[gnu::always_inline]] inline void record(Processor& processor, Thread const& thread,
                                          std::uint32_t event) {
    record(processor, thread.trace.raw() | event);
}

/// The same event, but that the current thread runs on; about a thread, or nobody.
void note(Thread const& thread, std::uint32_t event);
void note(std::uint32_t event, std::uint32_t request = 0);

/// From now on `to` works on what `from` works on.
[[gnu::always_inline]] inline void pass_request(Thread const& from, Thread& to) {
    to.trace.request = from.trace.request;
}

/// The thread belongs to its process from now on.
void introduce(Thread& thread);
/// The process has a name.
void name(Process& process);
/// A mark from user space.
void mark(Thread const& thread, std::uint64_t value);

} // namespace kernel::trace

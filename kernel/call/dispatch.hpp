#pragma once
// From the system-call instruction to the handler and back.

#include <kernel/sched/schedule.hpp>
#include <kernel/trace/trace.hpp>

namespace kernel {

/// The thread that runs now, and the one that ran so far.
struct Switch {
    Thread* to;
    Thread* from;
};

// The current thread has made a system call; its registers are in its frame. These functions save
// no register for entry.S, which keeps nothing in any: their argument is in R12.

// A message call, or a foreign thread's, behind the processor's gate. If it is of the common kind
// it is on its way, and all that is left to do is to exchange the bases of FS and GS and to leave
// the gate; otherwise nothing has happened, `to` is null, and kernel_system_call is next.
extern "C" [[clang::preserve_none]] Switch kernel_fast_call(Thread* self);
extern "C" [[clang::preserve_none]] Switch kernel_fast_reply_receive(Thread* self);
extern "C" [[clang::preserve_none]] Switch kernel_fast_foreign_call(Thread* self);

/// The gate was closed. `from` is not null: now it is entered, and the message may go on. Otherwise
/// the call is made again, if its thread still can; `to` runs now, or nobody.
extern "C" [[clang::preserve_none]] Switch kernel_gate_closed(Thread* self);

/// Any call. Returns the thread that runs now, activated; null if nobody can.
extern "C" [[clang::preserve_none]] Thread* kernel_system_call(Thread* self);

/// Whoever is to run now, activated; null: nobody, and the processor may sleep. The kernel's lock
/// is held.
Thread* leave_kernel();
/// The same, when `woken` has just become ready and stands in no queue yet: it runs at once if it
/// goes before all others of this processor.
[[gnu::always_inline]] inline Thread* leave_kernel(Thread& woken) {
    auto& processor = this_processor();
    auto* const current = processor.current;
    if (woken.processor != &processor || !schedule::runnable(woken) || woken.kicked || !current ||
        woken.priority <= current->priority || woken.priority <= processor.ready.highest() ||
        !schedule::goes_on(*current)) [[unlikely]] {
        woken.run();
        return leave_kernel();
    }
    processor.ready.push_front(*current);
    processor.counters.thread_switches++;
    trace::record(processor, woken, trace::of(trace::Kind::run));
    schedule::activate(processor, woken, processor.loaded);
    return &woken;
}

} // namespace kernel

#pragma once
// Who runs next. Handlers never switch: they change states here and return, and on the way out one
// decision is taken and one thread is activated.

#include <kernel/sched/processor.hpp>
#include <kernel/sched/sched_context.hpp>

namespace kernel::schedule {

/// A slice of time before a thread has to let its equals run.
constexpr std::uint64_t slice_ns = 5'000'000;

inline bool runnable(Thread const& thread) {
    return thread.state == Thread::State::ready && thread.context && !thread.held;
}

/// `thread` has become able to run (or may have): put it into the ready queue unless it is there,
/// or runs already.
void make_ready(Thread& thread);
/// `thread` is not able to run any more.
void unready(Thread& thread);

/// The current thread lets its equals run first.
void yield();

/// The thread that is to run now: the current one, unless it can't or a better one is ready. Null:
/// nobody.
Thread* next();

/// Load what `thread` needs to run: address space, extended state, segment bases, time.
void activate(Thread& thread);

/// Deadlines that have passed, and the slice. Arms the timer for what comes next.
void timer_interrupt();
/// Arm the timer for the earlier of the first deadline and the end of the slice.
void arm_timer();

/// Charge the time since the last change to the context that ran, and go on with `context`.
inline void change_context(Processor& processor, SchedContext* context) {
    auto const now = arch::read_tsc();
    if (processor.context)
        processor.context->consumed += now - processor.context_since;
    processor.context = context;
    processor.context_since = now;
}

} // namespace kernel::schedule

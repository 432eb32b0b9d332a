#pragma once
// Who runs next. Handlers never switch: they change states here and return, and on the way out one
// decision is taken and one thread is activated.

#include <kernel/memory/address_space.hpp>
#include <kernel/object/process.hpp>
#include <kernel/sched/processor.hpp>
#include <kernel/sched/sched_context.hpp>

namespace kernel::schedule {

/// A slice of time before a thread has to let its equals run.
constexpr std::uint64_t slice_ns = 5'000'000;

inline bool runnable(Thread const& thread) {
    return thread.state == Thread::State::ready && thread.context && !thread.held &&
           !thread.context->exhausted;
}

/// Whether its processor's current thread can go on there: it may have moved on to another's queue.
inline bool goes_on(Thread const& current) { return runnable(current) && !current.queued; }

/// `thread` has become able to run (or may have): put it into its processor's ready queue unless it
/// is there, or runs already.
void make_ready(Thread& thread);
/// `thread` is not able to run any more, or not for now: taken out of the queue it is in, or off
/// the other processor that runs it.
void unready(Thread& thread);

/// `thread` belongs to this processor from now on. If it is to run, somebody makes it ready.
void place(Thread& thread, Processor& processor);

/// The current thread lets its equals run first.
void yield();

/// The thread that is to run now: the current one, unless it can't, has moved to another processor,
/// or a better one is ready. Null: nobody.
Thread* next();

/// Deadlines that have passed, the budget and the slice. Arms the timer for what comes next.
void timer_interrupt();
/// Arm the timer for the earliest of the first deadline, the end of the budget and that of the
/// slice.
void arm_timer();
/// This processor meets the deadline.
void set(Deadline& deadline, std::uint64_t at);

/// Charge the time since the last change to the context that ran; nobody pays for what follows.
inline void stop_context(Processor& processor) {
    auto const now = arch::read_tsc();
    if (processor.context) processor.context->consumed += now - processor.context_since;
    processor.context = nullptr;
    processor.context_since = now;
}

/// The same, and go on with `context`. Only one with a budget asks for more.
inline void change_context(Processor& processor, SchedContext& context) {
    stop_context(processor);
    processor.context = &context;
    if (context.budget.limited()) [[unlikely]]
        context.begin(processor);
}

/// The process's enabled ports come into the processor's bitmap, or what is there is closed: it
/// stays for whoever it was made for, who often comes back.
void load_ports(Processor& processor, Process& process);
/// The registers of the extended state, which are not the thread's, become so.
void exchange_extended_state(Processor& processor, Thread& thread);
/// The extended state is for the thread, or out of bounds for one that is FPU-free: then whatever
/// its last owner left stays in the registers, trapped.
[[gnu::always_inline]] inline void change_extended_state(Processor& processor, Thread& thread) {
    if (thread.fpu_free) {
        if (!processor.fpu_trapped) {
            processor.fpu_trapped = true;
            arch::trap_extended_state(true);
        }
        return;
    }
    if (processor.fpu_trapped) {
        processor.fpu_trapped = false;
        arch::trap_extended_state(false);
    }
    if (processor.fpu_owner != &thread) [[unlikely]]
        exchange_extended_state(processor, thread);
}

/// Load what `thread` needs to run, but for the bases of FS and GS: time, address space, ports,
/// extended state. Inline, since every message pays for it.
[[gnu::always_inline]] inline void change_to(Processor& processor, Thread& thread) {
    processor.current = &thread;
    processor.loaded = &thread;
    if (thread.context != processor.context) change_context(processor, *thread.context);
    if (thread.space != processor.space) {
        processor.space = thread.space;
        thread.space->load(processor);
        processor.counters.space_switches++;
    }
    if (processor.ports_open || thread.process->has_ports) [[unlikely]]
        load_ports(processor, *thread.process);
    change_extended_state(processor, thread);
}

/// Load all that `thread` needs, in place of `last` (null: nothing of a thread's is loaded).
[[gnu::always_inline]] inline void activate(Processor& processor, Thread& thread, Thread* last) {
    if (last)
        arch::exchange_bases(last->fs_base, last->gs_base, thread.fs_base, thread.gs_base);
    else
        arch::load_bases(thread.fs_base, thread.gs_base);
    change_to(processor, thread);
}

} // namespace kernel::schedule

#include <kernel/sched/schedule.hpp>

#include <kernel/memory/address_space.hpp>
#include <kernel/object/process.hpp>
#include <kernel/root.hpp>
#include <kernel/time/timer.hpp>

namespace kernel::schedule {

namespace {

/// Deadlines handled in one interrupt; the rest follow in the next.
constexpr unsigned deadlines_per_interrupt = 16;
/// Far enough away to re-arm at leisure.
constexpr std::uint64_t far_ns = 1'000'000'000;

} // namespace

void make_ready(Thread& thread) {
    auto& processor = *thread.processor;
    if (!runnable(thread) || thread.queued || processor.current == &thread) return;
    processor.ready.push_back(thread);
    if (&processor != &this_processor() &&
        (!processor.current || processor.current->priority < thread.priority))
        remote::nudge(processor);
}

void unready(Thread& thread) {
    auto& processor = *thread.processor;
    if (thread.queued) {
        processor.ready.remove(thread);
    } else if (processor.current == &thread && &processor != &this_processor()) {
        remote::ask(processor, remote::come_in);
        // It may have come in by itself: then its call has not begun, and is made again.
        if (thread.frame.vector == Frame::syscall) arch::restart_call(thread.frame);
        processor.current = nullptr;
    }
}

void place(Thread& thread, Processor& processor) {
    if (thread.processor == &processor) return;
    unready(thread);
    unload(thread, true);
    thread.processor = &processor;
    // Where it receives is not one processor's any more.
    if (thread.state == Thread::State::receiving && thread.reply)
        thread.reply->endpoint->processor = nullptr;
}

void yield() {
    auto& processor = this_processor();
    auto& self = *processor.current;
    if (processor.ready.highest() >= self.priority) {
        processor.current = nullptr;
        processor.ready.push_back(self);
    }
}

Thread* next() {
    auto& processor = this_processor();
    auto* const current = processor.current;
    auto const highest = processor.ready.highest();
    if (current && goes_on(*current)) {
        if (current->priority >= highest) [[likely]]
            return current;
        processor.ready.push_front(*current);
    } else if (highest < 0) {
        return nullptr;
    }
    return &processor.ready.pop();
}

void load_ports(Processor& processor, Process& process) {
    if (process.has_ports && processor.ports != &process) {
        arch::clear_ports(processor.core);
        for (auto const& range : process.ports)
            if (!range.empty()) arch::allow_ports(processor.core, range.first(), range.count());
        processor.ports = &process;
    }
    processor.ports_open = process.has_ports;
    arch::open_ports(processor.core, process.has_ports);
}

void exchange_extended_state(Processor& processor, Thread& thread) {
    if (processor.fpu_owner) processor.fpu_owner->extended.save();
    thread.extended.load();
    processor.fpu_owner = &thread;
}

void arm_timer() {
    auto& processor = this_processor();
    // After the turn of a slice nobody is the current thread yet, but somebody will be.
    auto const busy = processor.current || processor.ready.highest() >= 0;
    auto until = busy ? processor.slice_end : arch::now_ns() + far_ns;
    if (auto const* first = processor.deadlines.first(); first && first->at < until)
        until = first->at;
    if (auto const* context = processor.context;
        context && context->budget.limited() && processor.budget_end < until)
        until = processor.budget_end;
    processor.timer_at = until;
    arch::arm_timer(until);
}

void set(Deadline& deadline, std::uint64_t at) {
    auto& deadlines = this_processor().deadlines;
    deadlines.insert(deadline, at);
    if (deadlines.first() == &deadline) arm_timer();
}

void timer_interrupt() {
    auto& processor = this_processor();
    auto const now = arch::now_ns();
    for (unsigned i = 0; i < deadlines_per_interrupt; i++) {
        auto* const first = processor.deadlines.first();
        if (!first || first->at > now) break;
        first->cancel();
        if (first->owner.kind == abi::Kind::timer)
            Notification::signal_by(static_cast<Timer&>(first->owner).notification);
        else if (first->owner.kind == abi::Kind::sched_context)
            static_cast<SchedContext&>(first->owner).come_back();
        else
            static_cast<Thread&>(first->owner).finish(abi::Error::timed_out);
    }
    if (processor.context && processor.context->budget.limited())
        processor.context->check_end(processor);
    if (processor.current && now >= processor.slice_end) {
        if (goes_on(*processor.current)) yield();
        processor.slice_end = now + slice_ns;
    }
    arm_timer();
}

} // namespace kernel::schedule

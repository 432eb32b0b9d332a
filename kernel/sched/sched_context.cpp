#include <kernel/sched/sched_context.hpp>

#include <kernel/ipc/message.hpp>
#include <kernel/root.hpp>
#include <kernel/sched/schedule.hpp>

#include <utility>

namespace kernel {

SchedContext::SchedContext() : processor(root().processors[0]) {}

void SchedContext::take_back(Reply const* until) {
    auto* const last = std::exchange(user, nullptr);
    if (!last) return;
    last->context = nullptr;
    schedule::unready(*last);
    // From who has it to who lent it first; all but the last wait for an answer.
    for (auto* at = last; auto* const reply = at->lent_by;) {
        at->lent_by = nullptr;
        reply->lent = nullptr;
        at->use_own_time();
        if (reply == until) return;
        at = reply->caller;
    }
}

void SchedContext::move(Processor& to) {
    auto& from = *processor;
    if (&from == &to) return;
    processor = &to;
    if (user) schedule::place(*user, to);
    if (from.context == this) schedule::stop_context(from);
    if (refill.armed()) {
        to.deadlines.insert(refill, refill.at);
        // Its timer may be armed for later.
        if (&to == &this_processor())
            schedule::arm_timer();
        else
            remote::nudge(to);
    }
    if (user) schedule::make_ready(*user);
}

std::uint64_t SchedContext::settle(std::uint64_t now) {
    auto const ticks = budget.settle(now, consumed);
    exhausted = ticks == 0;
    // Here, where the timer is about to be armed.
    if (auto const at = exhausted ? budget.next() : 0)
        this_processor().deadlines.insert(refill, at);
    else
        refill.cancel();
    return ticks;
}

[[clang::preserve_most]] void SchedContext::begin(Processor& on) {
    auto const now = arch::now_ns();
    auto const ticks = settle(now);
    // Rounded up, so that the timer does not come before the end.
    on.budget_end = ticks > 0 ? now + arch::ticks_to_ns(ticks) + 1 : now;
    if (on.budget_end < on.timer_at) schedule::arm_timer();
}

void SchedContext::check_end(Processor& on) {
    auto const now = arch::now_ns();
    if (now < on.budget_end) return;
    schedule::stop_context(on);
    auto const left = settle(now);
    if (!user) return;
    auto& thread = *user;
    // Another processor may have taken it off this one meanwhile, and made it ready again.
    if (left > 0) return schedule::make_ready(thread);
    schedule::unready(thread);
    if (thread.lent_by && thread.own_context)
        thread.return_lent_time();
    else if (thread.state == Thread::State::ready)
        ipc::tell_timeout(thread);
}

void SchedContext::come_back() {
    if (settle(arch::now_ns()) > 0 && user) schedule::make_ready(*user);
}

void SchedContext::configure(std::uint64_t ticks, std::uint64_t period) {
    if (user && processor != &this_processor())
        schedule::unready(*user); // what it has is counted anew when it runs again
    if (processor->context == this)
        schedule::stop_context(*processor); // and back to it on the way out
    budget.set(ticks, period, arch::now_ns(), consumed);
    exhausted = false;
    refill.cancel();
    if (user) schedule::make_ready(*user);
}

bool SchedContext::destroy(unsigned&) {
    take_back();
    if (owner) owner->own_context = nullptr;
    if (processor->context == this) schedule::stop_context(*processor);
    refill.cancel();
    return true;
}

} // namespace kernel

#include <kernel/sched/sched_context.hpp>

#include <kernel/root.hpp>
#include <kernel/sched/schedule.hpp>

#include <utility>

namespace kernel {

SchedContext::SchedContext() : processor(root().processors[0]) {}

void SchedContext::take_back(Reply const* until) {
    auto* const last = std::exchange(user, nullptr);
    if (!last)
        return;
    last->context = nullptr;
    schedule::unready(*last);
    // From who has it to who lent it first; all but the last wait for an answer.
    for (auto* at = last; auto* const reply = at->lent_by;) {
        at->lent_by = nullptr;
        reply->lent = nullptr;
        at->use_own_time();
        if (reply == until)
            return;
        at = reply->caller;
    }
}

void SchedContext::move(Processor& to) {
    processor = &to;
    if (!user)
        return;
    schedule::place(*user, to);
    schedule::make_ready(*user);
}

Destruction SchedContext::destroy(unsigned&) {
    take_back();
    if (owner)
        owner->own_context = nullptr;
    if (processor->context == this)
        schedule::change_context(*processor, nullptr);
    return Destruction::done;
}

} // namespace kernel

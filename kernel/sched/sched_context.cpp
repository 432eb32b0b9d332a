#include <kernel/sched/sched_context.hpp>

#include <kernel/sched/schedule.hpp>

#include <utility>

namespace kernel {

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

Destruction SchedContext::destroy(unsigned&) {
    take_back();
    if (owner)
        owner->own_context = nullptr;
    auto& processor = this_processor();
    if (processor.context == this)
        schedule::change_context(processor, nullptr);
    return Destruction::done;
}

} // namespace kernel

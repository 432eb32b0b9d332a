#include <kernel/sched/sched_context.hpp>

#include <kernel/sched/schedule.hpp>

namespace kernel {

void SchedContext::take_back() {
    if (user) {
        user->context = nullptr;
        schedule::unready(*user);
        user = nullptr;
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

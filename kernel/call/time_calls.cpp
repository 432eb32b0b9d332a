// Timers and time.

#include <kernel/call/handlers.hpp>
#include <kernel/root.hpp>
#include <kernel/sched/schedule.hpp>

namespace kernel {

HANDLE(TimerArm, abi::Word deadline, abi::CapAddress notification, abi::Word bits) {
    auto const target =
        TRY(find<Notification>(on.pool, notification, abi::NotificationRights::signal));
    auto& timer = on.object;
    TRY(rebind(timer.notification, target.slot, bits));
    schedule::set(timer.deadline, deadline);
    return {};
}

HANDLE(TimerCancel) {
    on.object.deadline.cancel();
    return {};
}

HANDLE(SchedContextConfigure, abi::CapAddress context, abi::Word budget, abi::Word period,
       abi::Word processor) {
    auto const target = TRY(find<SchedContext>(on.pool, context, abi::SchedContextRights::none));
    if (processor >= root().processor_count) return base::fail(abi::Error::out_of_range);
    auto const unlimited = budget == 0 && period == 0;
    if (!unlimited &&
        (budget < abi::least_budget_ns || budget > period || period > abi::longest_period_ns))
        return base::fail(abi::Error::out_of_range);
    target.object->configure(arch::ns_to_ticks(budget), period);
    target.object->move(*root().processors[arch::checked_index(processor, root().processor_count)]);
    return {};
}

HANDLE(SchedContextRead) {
    auto const& processor = *on.object.processor;
    auto ticks = on.object.consumed;
    if (processor.context == &on.object) ticks += arch::read_tsc() - processor.context_since;
    return arch::ticks_to_ns(ticks);
}

} // namespace kernel

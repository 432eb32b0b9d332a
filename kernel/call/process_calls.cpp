// Processes.

#include <kernel/call/handlers.hpp>
#include <kernel/cap/derivation.hpp>
#include <kernel/cap/teardown.hpp>
#include <kernel/sched/processor.hpp>
#include <kernel/trace/trace.hpp>

#include <cstring>

namespace kernel {

HANDLE(ProcessConfigure, abi::CapAddress pool, abi::CapAddress space, abi::Word flags) {
    auto& process = on.object;
    if (flags > 1) return base::fail(abi::Error::bad_argument);
    auto const fresh = process.state == abi::ProcessState::fresh;
    if (!fresh && process.state != abi::ProcessState::stopped)
        return base::fail(abi::Error::bad_state);
    if (!fresh && (pool || process.foreign != (flags & 1)))
        return base::fail(abi::Error::bad_state);
    // A foreign process can do without a pool: it has no calls of its own.
    auto* const pool_slot = TRY(find_or_none<CapPool>(on.pool, pool, abi::CapPoolRights::use)).slot;
    auto const new_space = TRY(find<AddressSpace>(on.pool, space, abi::AddressSpaceRights::map));
    if (pool_slot) TRY(derivation::derivable(*pool_slot));
    TRY(derivation::derivable(*new_space.slot));
    if (pool_slot) TRY(rebind(process.pool_slot, pool_slot));
    process.space_slot.role = SlotRole::reference; // an exchange is not a loss
    auto const exchanged = rebind(process.space_slot, new_space.slot);
    process.space_slot.role = SlotRole::process_space;
    TRY(exchanged);
    process.foreign = (flags & 1) != 0;
    for (auto& thread : process.threads) {
        unload(thread, true);
        thread.space = new_space.object;
    }
    return {};
}

HANDLE(ProcessName, abi::Word a, abi::Word b, abi::Word c) {
    abi::Word const words[] = {a, b, c};
    std::memcpy(on.object.name, words, sizeof on.object.name);
    on.object.name[sizeof on.object.name - 1] = 0;
    trace::name(on.object);
    return {};
}

HANDLE(ProcessStart) {
    if (on.object.ends() || !on.object.space()) return base::fail(abi::Error::bad_state);
    unsigned budget = teardown::step_budget;
    if (!on.object.hold(false, budget)) return base::fail(again);
    return {};
}

HANDLE(ProcessStop) {
    if (on.object.ends()) return base::fail(abi::Error::bad_state);
    unsigned budget = teardown::step_budget;
    if (!on.object.hold(true, budget)) return base::fail(again);
    return {};
}

HANDLE(ProcessKill, abi::Word code) {
    if (on.object.first) return base::fail(abi::Error::bad_state);
    auto const own = on.self.process == &on.object;
    unsigned budget = teardown::step_budget;
    if (!on.object.end(code, budget)) return base::fail(again);
    if (own) return base::fail(no_result);
    if (!on.object.take_apart(budget)) return base::fail(again);
    return reap(budget);
}

HANDLE(ProcessBindEnd, abi::CapAddress notification, abi::Word bits) {
    auto const target =
        TRY(find<Notification>(on.pool, notification, abi::NotificationRights::signal));
    TRY(rebind(on.object.end_notification, target.slot, bits));
    if (on.object.state == abi::ProcessState::ended)
        Notification::signal_by(on.object.end_notification);
    return {};
}

HANDLE(ProcessInspect) {
    auto& process = on.object;
    abi::ProcessInfo info{};
    info.state = process.state;
    info.foreign = process.foreign;
    info.threads = process.thread_count;
    info.exit_code = process.exit_code;
    auto ticks = process.time;
    for (auto& thread : process.threads)
        if (thread.own_context) ticks += thread.own_context->consumed;
    info.time_ns = arch::ticks_to_ns(ticks);
    std::memcpy(info.name, process.name, sizeof info.name);
    return tell(on.self, info);
}

} // namespace kernel

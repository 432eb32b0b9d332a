// Priorities, policies, processors: there is one of each.

#include <servers/linux/handlers.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/system.hpp>

#include <algorithm>

namespace personality::calls {

Outcome sched_yield(Call&) { return 0; }

Outcome sched_getaffinity(Call& call) {
    if (call.args[1] < 8 || call.args[1] % 8 != 0) return Errno::inval;
    auto const tid = static_cast<Pid>(call.args[0]);
    if (tid != 0 && call.task.system().tasks.task(tid) == nullptr) return Errno::srch;
    TRY(call.task.memory().store(call.args[2], std::uint64_t{1}));
    return 8;
}

Outcome sched_setaffinity(Call& call) {
    if (call.args[1] == 0) return Errno::inval;
    auto const mask = TRY(call.task.memory().load<std::uint8_t>(call.args[2]));
    return (mask & 1) != 0 ? Outcome(0) : Errno::inval;
}

Outcome sched_getscheduler(Call&) { return 0; }

Outcome sched_getparam(Call& call) {
    return call.task.memory().store(call.args[1], std::int32_t{0});
}

Outcome sched_get_priority_max(Call& call) {
    auto const policy = call.int_arg(0);
    return policy == 1 || policy == 2 ? Outcome(99) : policy <= 6 ? Outcome(0) : Errno::inval;
}

Outcome sched_get_priority_min(Call& call) {
    auto const policy = call.int_arg(0);
    return policy == 1 || policy == 2 ? Outcome(1) : policy <= 6 ? Outcome(0) : Errno::inval;
}

Outcome getcpu(Call& call) {
    if (call.args[0] != 0) TRY(call.task.memory().store(call.args[0], std::uint32_t{0}));
    if (call.args[1] != 0) TRY(call.task.memory().store(call.args[1], std::uint32_t{0}));
    return 0;
}

Outcome getpriority(Call& call) {
    constexpr std::uint64_t most = 2;
    if (call.args[0] > most) return Errno::inval;
    return 20 - call.task.process.nice;
}

Outcome setpriority(Call& call) {
    constexpr std::uint64_t most = 2;
    if (call.args[0] > most) return Errno::inval;
    auto const nice = std::clamp(static_cast<std::int32_t>(call.args[2]), -20, 19);
    auto& own = call.task.process.nice;
    if (nice < own && !call.task.identity().can(Identity::sys_nice)) return Errno::acces;
    own = nice;
    return 0;
}

} // namespace personality::calls

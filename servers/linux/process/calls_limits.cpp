// What a process may use, and what it has used.

#include <servers/linux/handlers.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/process/resource_usage.hpp>
#include <servers/linux/system.hpp>
#include <servers/linux/time/time_words.hpp>

namespace personality::calls {

namespace {

/// Change a limit of a process; what its memory keeps of them follows.
Outcome set_limit(Call& call, Process& process, std::uint32_t which, LimitPair wanted) {
    if (wanted.soft > wanted.hard) return Errno::inval;
    auto& limit = process.limits[static_cast<Limit>(which)];
    constexpr std::uint64_t most_files = 1 << 16;
    if (which == static_cast<std::uint32_t>(Limit::nofile) && wanted.hard > most_files)
        return Errno::perm;
    if (wanted.hard > limit.hard && !call.task.identity().can(Identity::sys_resource))
        return Errno::perm;
    limit = wanted;
    if (which == static_cast<std::uint32_t>(Limit::cpu)) process.itimers.limit_changed();
    if (process.memory) {
        process.memory->stack_limit = process.limits.soft(Limit::stack);
        process.memory->space_limit = process.limits.soft(Limit::as);
        process.memory->data_limit = process.limits.soft(Limit::data);
    }
    return 0;
}

} // namespace

namespace {

/// Another's limits are its own user's business.
bool may_see(Task const& asking, Process const& target) {
    auto const& mine = asking.identity();
    auto const& its = target.identity;
    if (&asking.process == &target || mine.can(Identity::sys_resource)) return true;
    return mine.uid == its.euid && mine.uid == its.suid && mine.uid == its.uid &&
           mine.gid == its.egid && mine.gid == its.sgid && mine.gid == its.gid;
}

} // namespace

Outcome prlimit64(Call& call) {
    auto const pid = static_cast<Pid>(call.args[0]);
    if (call.int_arg(1) >= limit_count) return Errno::inval;
    LimitPair wanted;
    if (call.args[2] != 0) wanted = TRY(call.task.memory().load<LimitPair>(call.args[2]));
    auto const* const named = pid == 0 ? &call.task : call.task.system().tasks.task(pid);
    if (named == nullptr) return Errno::srch;
    Process& process = named->process;
    if (!may_see(call.task, process)) return Errno::perm;
    LimitPair const old = process.limits[static_cast<Limit>(call.int_arg(1))];
    if (call.args[2] != 0) {
        auto const outcome = set_limit(call, process, call.int_arg(1), wanted);
        if (outcome.is_error()) return outcome;
    }
    if (call.args[3] != 0) TRY(call.task.memory().store(call.args[3], old));
    return 0;
}

Outcome getrlimit(Call& call) {
    if (call.int_arg(0) >= limit_count) return Errno::inval;
    return call.task.memory().store(call.args[1],
                                    call.task.process.limits[static_cast<Limit>(call.int_arg(0))]);
}

Outcome setrlimit(Call& call) {
    if (call.int_arg(0) >= limit_count) return Errno::inval;
    auto const wanted = TRY(call.task.memory().load<LimitPair>(call.args[1]));
    return set_limit(call, call.task.process, call.int_arg(0), wanted);
}

Outcome getrusage(Call& call) {
    constexpr std::int32_t self = 0, children = -1, thread = 1;
    Process& process = call.task.process;
    ResourceCount count;
    switch (call.fd_arg(0)) {
    case self: count = count_of(process); break;
    case children: count = process.children_count; break;
    case thread:
        count = count_of(call.task);
        count.resident = count_of(process).resident;
        break;
    default: return Errno::inval;
    }
    return call.task.memory().store(call.args[1], usage(count));
}

Outcome times(Call& call) {
    constexpr std::uint64_t tick_ns = second_ns / 100;
    Process& process = call.task.process;
    // The kernel counts one time for both: what a program computes and what is done for it.
    auto const ticks = [](std::uint64_t ns) { return static_cast<std::int64_t>(ns / tick_ns); };
    std::int64_t const words[4] = {ticks(processor_time(process)), 0,
                                   ticks(process.children_count.used_ns), 0};
    if (call.args[0] != 0)
        TRY(call.task.memory().copy_out(call.args[0], std::as_bytes(std::span(words))));
    return call.task.system().now() / tick_ns;
}

} // namespace personality::calls

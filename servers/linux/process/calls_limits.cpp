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
    if (process.memory) {
        process.memory->stack_limit = process.limits.soft(Limit::stack);
        process.memory->space_limit = process.limits.soft(Limit::as);
        process.memory->data_limit = process.limits.soft(Limit::data);
    }
    return 0;
}

} // namespace

Outcome prlimit64(Call& call) {
    auto const pid = static_cast<Pid>(call.args[0]);
    auto* process = pid == 0 ? &call.task.process : call.task.system().tasks.process(pid);
    if (call.int_arg(1) >= limit_count) return Errno::inval;
    if (process == nullptr) return Errno::srch;
    LimitPair const old = process->limits[static_cast<Limit>(call.int_arg(1))];
    if (call.args[2] != 0) {
        auto const wanted = TRY(call.task.memory().load<LimitPair>(call.args[2]));
        auto const outcome = set_limit(call, *process, call.int_arg(1), wanted);
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
    ResourceUsage result{};
    switch (static_cast<std::int32_t>(call.args[0])) {
    case self:
        result = usage(processor_time(process), process.system_ns);
        result.minor_faults = static_cast<std::int64_t>(process.minor_faults);
        result.largest_resident =
            static_cast<std::int64_t>(process.memory->resident() * page_bytes / 1024);
        break;
    case children: result = usage(process.children_user_ns, process.children_system_ns); break;
    case thread:
        result = usage(call.task.system().machine.processor_time(call.task.thread), 0);
        break;
    default: return Errno::inval;
    }
    return call.task.memory().store(call.args[1], result);
}

Outcome times(Call& call) {
    constexpr std::uint64_t tick_ns = second_ns / 100;
    Process& process = call.task.process;
    std::int64_t const words[4] = {static_cast<std::int64_t>(processor_time(process) / tick_ns),
                                   static_cast<std::int64_t>(process.system_ns / tick_ns),
                                   static_cast<std::int64_t>(process.children_user_ns / tick_ns),
                                   static_cast<std::int64_t>(process.children_system_ns / tick_ns)};
    if (call.args[0] != 0)
        TRY(call.task.memory().copy_out(call.args[0], std::as_bytes(std::span(words))));
    return call.task.system().now() / tick_ns;
}

} // namespace personality::calls

// Policies and processors. Real-time priorities come before all other programs, in their order;
// everything else is kept and told.

#include <servers/linux/futex/priority_lock.hpp>
#include <servers/linux/handlers.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/system.hpp>
#include <servers/linux/time/time_words.hpp>

#include <algorithm>

namespace personality::calls {

namespace {

using Policy = Schedule::Policy;

constexpr std::uint32_t reset_on_fork_flag = 0x4000'0000, deadline_policy = 6, most_policies = 6;
constexpr std::int32_t highest_priority = 99;

struct ScheduleWords { // struct sched_attr
    std::uint32_t size, policy;
    std::uint64_t flags;
    std::int32_t nice;
    std::uint32_t priority;
    std::uint64_t runtime, deadline, period;
    std::uint32_t smallest_use, largest_use;
};
constexpr std::uint32_t first_size = 48; // SCHED_ATTR_SIZE_VER0
static_assert(sizeof(ScheduleWords) == 56);

Result<Task*> task_arg(Call& call, std::uint64_t value) {
    auto const tid = static_cast<Pid>(value);
    if (tid < 0) return fail(Errno::inval);
    auto* const task = tid == 0 ? &call.task : call.task.system().tasks.task(tid);
    if (task == nullptr) return fail(Errno::srch);
    return task;
}

bool same_user(Task const& asking, Task const& target) {
    auto const& mine = asking.identity();
    auto const& its = target.identity();
    return mine.euid == its.euid || mine.euid == its.uid;
}

/// Whether the numbers name a policy with a priority that it has.
Result<Schedule> schedule_of(Task const& target, std::uint32_t policy, std::int64_t priority) {
    // SCHED_DEADLINE asks for a share of a processor, which nobody can promise here.
    if (policy > most_policies || policy == 4 || policy == deadline_policy)
        return fail(Errno::inval);
    Schedule wanted = target.schedule;
    wanted.policy = static_cast<Policy>(policy);
    bool const fits =
        wanted.real_time() ? priority >= 1 && priority <= highest_priority : priority == 0;
    if (!fits) return fail(Errno::inval);
    wanted.priority = static_cast<std::uint8_t>(priority);
    return wanted;
}

/// The checks of Linux for who may not do everything.
Result<> check_allowed(Task const& asking, Task const& target, Schedule const& wanted) {
    if (asking.identity().can(Identity::sys_nice)) return {};
    auto const& now = target.schedule;
    auto const& limits = target.process.limits;
    if (wanted.real_time()) {
        auto const most = limits.soft(Limit::rtprio);
        if (wanted.policy != now.policy && most == 0) return fail(Errno::perm);
        if (wanted.priority > now.priority && wanted.priority > most) return fail(Errno::perm);
    }
    auto const nicest =
        20 - static_cast<std::int64_t>(std::min<std::uint64_t>(limits.soft(Limit::nice), 40));
    if (wanted.nice < now.nice && wanted.nice < nicest) return fail(Errno::perm);
    if (now.policy == Policy::idle && wanted.policy != Policy::idle && now.nice < nicest)
        return fail(Errno::perm);
    if (!same_user(asking, target)) return fail(Errno::perm);
    if (now.reset_on_fork && !wanted.reset_on_fork) return fail(Errno::perm);
    return {};
}

Outcome apply(Call& call, Task& target, Schedule const& wanted) {
    TRY(check_allowed(call.task, target, wanted));
    target.schedule = wanted;
    adjust_priority(target);
    return 0;
}

} // namespace

Outcome sched_yield(Call& call) {
    call.task.system().yields = true;
    return 0;
}

Outcome sched_getaffinity(Call& call) {
    if (call.args[1] < 8 || call.args[1] % 8 != 0) return Errno::inval;
    auto const* const target = TRY(task_arg(call, call.args[0]));
    auto const set = target->processors & call.task.system().processors.all();
    TRY(call.task.memory().store(call.args[2], set));
    return 8;
}

Outcome sched_setaffinity(Call& call) {
    std::uint64_t mask = 0;
    auto const bytes = std::min<std::uint64_t>(call.int_arg(1), sizeof mask);
    TRY(call.task.memory().copy_in(std::as_writable_bytes(std::span(&mask, 1)).first(bytes),
                                   call.args[2]));
    auto* const target = TRY(task_arg(call, call.args[0]));
    if (!same_user(call.task, *target) && !call.task.identity().can(Identity::sys_nice))
        return Errno::perm;
    auto& processors = call.task.system().processors;
    if ((mask & processors.all()) == 0) return Errno::inval;
    processors.confine(*target, mask & processors.all());
    return 0;
}

Outcome sched_setscheduler(Call& call) {
    if (call.fd_arg(1) < 0 || call.fd_arg(0) < 0 || call.args[2] == 0) return Errno::inval;
    auto const priority = TRY(call.task.memory().load<std::int32_t>(call.args[2]));
    auto* const target = TRY(task_arg(call, call.args[0]));
    auto const policy = call.int_arg(1);
    auto wanted = TRY(schedule_of(*target, policy & ~reset_on_fork_flag, priority));
    wanted.reset_on_fork = (policy & reset_on_fork_flag) != 0;
    return apply(call, *target, wanted);
}

Outcome sched_setparam(Call& call) {
    if (call.fd_arg(0) < 0 || call.args[1] == 0) return Errno::inval;
    auto const priority = TRY(call.task.memory().load<std::int32_t>(call.args[1]));
    auto* const target = TRY(task_arg(call, call.args[0]));
    auto const policy = static_cast<std::uint32_t>(target->schedule.policy);
    return apply(call, *target, TRY(schedule_of(*target, policy, priority)));
}

Outcome sched_getscheduler(Call& call) {
    auto const& schedule = TRY(task_arg(call, call.args[0]))->schedule;
    return static_cast<std::uint32_t>(schedule.policy) |
           (schedule.reset_on_fork ? reset_on_fork_flag : 0);
}

Outcome sched_getparam(Call& call) {
    if (call.args[1] == 0) return Errno::inval;
    auto const& schedule = TRY(task_arg(call, call.args[0]))->schedule;
    return call.task.memory().store(call.args[1], std::int32_t{schedule.priority});
}

Outcome sched_get_priority_max(Call& call) {
    auto const policy = call.int_arg(0);
    if (policy > most_policies || policy == 4) return Errno::inval;
    return policy == 1 || policy == 2 ? highest_priority : 0;
}

Outcome sched_get_priority_min(Call& call) {
    auto const policy = call.int_arg(0);
    if (policy > most_policies || policy == 4) return Errno::inval;
    return policy == 1 || policy == 2 ? 1 : 0;
}

Outcome sched_rr_get_interval(Call& call) {
    auto const* const target = TRY(task_arg(call, call.args[0]));
    constexpr std::uint64_t slice = 10'000'000; // of the kernel's own round
    auto const interval = target->schedule.policy == Policy::fifo ? 0 : slice;
    return call.task.memory().store(call.args[1], TimeSpec::of(interval));
}

Outcome sched_setattr(Call& call) {
    constexpr std::uint64_t reset = 1, keep_policy = 8, keep_values = 16, uses = 0x60;
    constexpr std::uint64_t of_deadline = 2 | 4;
    if (call.args[1] == 0 || call.fd_arg(0) < 0 || call.args[2] != 0) return Errno::inval;
    auto& memory = call.task.memory();
    auto size = TRY(memory.load<std::uint32_t>(call.args[1]));
    if (size == 0) size = first_size;
    ScheduleWords words{};
    if (size < first_size || size > page_bytes) {
        TRY(memory.store(call.args[1], std::uint32_t{sizeof words}));
        return Errno::toobig;
    }
    auto const known = std::min<std::size_t>(size, sizeof words);
    TRY(memory.copy_in(std::as_writable_bytes(std::span(&words, 1)).first(known), call.args[1]));
    for (std::size_t at = sizeof words; at < size; at++) {
        if (TRY(memory.load<char>(call.args[1] + at)) == 0) continue;
        TRY(memory.store(call.args[1], std::uint32_t{sizeof words}));
        return Errno::toobig;
    }
    if ((words.flags & ~(reset | keep_policy | keep_values | uses | of_deadline)) != 0)
        return Errno::inval;
    if ((words.flags & uses) != 0) return Errno::opnotsupp;
    if ((words.flags & of_deadline) != 0) return Errno::inval;

    auto* const target = TRY(task_arg(call, call.args[0]));
    if ((words.flags & keep_policy) != 0)
        words.policy = static_cast<std::uint32_t>(target->schedule.policy);
    if ((words.flags & keep_values) != 0) {
        words.priority = target->schedule.priority;
        words.nice = target->schedule.nice;
    }
    auto wanted = TRY(schedule_of(*target, words.policy, words.priority));
    wanted.reset_on_fork = (words.flags & reset) != 0;
    if (!wanted.real_time())
        wanted.nice = static_cast<std::int8_t>(std::clamp(words.nice, -20, 19));
    return apply(call, *target, wanted);
}

Outcome sched_getattr(Call& call) {
    if (call.args[1] == 0 || call.fd_arg(0) < 0 || call.args[3] != 0) return Errno::inval;
    auto const size = call.int_arg(2);
    if (size < first_size || size > page_bytes) return Errno::inval;
    auto const& schedule = TRY(task_arg(call, call.args[0]))->schedule;
    auto const known = std::min<std::size_t>(size, sizeof(ScheduleWords));
    ScheduleWords const words{.size = static_cast<std::uint32_t>(known),
                              .policy = static_cast<std::uint32_t>(schedule.policy),
                              .flags = schedule.reset_on_fork ? std::uint64_t{1} : 0,
                              .nice = schedule.real_time() ? 0 : schedule.nice,
                              .priority = schedule.priority,
                              .runtime = 0,
                              .deadline = 0,
                              .period = 0,
                              .smallest_use = 0,
                              .largest_use = 1024};
    return call.task.memory().copy_out(call.args[1],
                                       std::as_bytes(std::span(&words, 1)).first(known));
}

Outcome getcpu(Call& call) {
    if (call.args[0] != 0) TRY(call.task.memory().store(call.args[0], call.task.processor));
    if (call.args[1] != 0) TRY(call.task.memory().store(call.args[1], std::uint32_t{0}));
    return 0;
}

} // namespace personality::calls

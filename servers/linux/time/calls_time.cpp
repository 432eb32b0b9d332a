// Clocks and sleeping.

#include <servers/linux/fs/calls.hpp>
#include <servers/linux/handlers.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/process/resource_usage.hpp>
#include <servers/linux/system.hpp>
#include <servers/linux/time/clocks.hpp>
#include <servers/linux/time/time_words.hpp>

namespace personality::calls {

namespace {

/// Sleep until call.deadline; `left` is where the rest of the time is reported.
Outcome sleep(Call& call, UserAddress left, bool absolute) {
    std::uint64_t const now = call.task.system().now();
    if (now >= call.deadline) return 0;
    if (!call.interrupted) return Outcome::blocked();
    if (absolute) return Errno::restart_no_hand;
    if (left != 0) TRY(call.task.memory().store(left, TimeSpec::of(call.deadline - now)));
    call.task.restart = {.number = call.number, .words = {call.deadline, left}};
    return Errno::restart_block;
}

/// Sleep until the clock has counted `until` of processor time.
Outcome sleep_on_time_used(Call& call, std::int32_t clock, std::uint64_t until, UserAddress left,
                           bool absolute) {
    Task& task = call.task;
    auto const owner = time_owner(task.process, &task, clock);
    // Whose time it counts has ended: it will never come.
    auto const used = owner ? owner->used() : until;
    if (used >= until) return 0;
    if (!call.interrupted) {
        task.cpu_deadline.owner = &call;
        task.cpu_deadline.ring = [](CpuAlarm& alarm) {
            auto& sleeper = *static_cast<Call*>(alarm.owner);
            if (sleeper.ready != nullptr) sleeper.ready->push(sleeper);
        };
        owner->process->cpu_alarms.set(task.cpu_deadline, until, owner->task);
        return Outcome::blocked();
    }
    task.cpu_deadline.cancel();
    if (absolute) return Errno::restart_no_hand;
    if (left != 0) TRY(task.memory().store(left, TimeSpec::of(until - used)));
    task.restart = {.number = call.number,
                    .words = {until, left, static_cast<std::uint64_t>(clock), 1}};
    return Errno::restart_block;
}

/// Timers that ring at a time of day follow.
Outcome set_real_time(Task& task, std::uint64_t wanted) {
    if (!task.identity().can(Identity::sys_time)) return Errno::perm;
    auto const& clock = task.environment().clock;
    auto const by = static_cast<std::int64_t>(clock.realtime() - wanted);
    task.system().set_realtime(wanted);
    for (auto* each = task.system().tasks.first(); each != nullptr; each = each->next_process)
        each->timers.shift(by);
    return 0;
}

} // namespace

Outcome clock_gettime(Call& call) {
    auto const ns = TRY(read_clock(call.task, call.fd_arg(0)));
    return call.task.memory().store(call.args[1], TimeSpec::of(ns));
}

Outcome clock_settime(Call& call) {
    if (call.fd_arg(0) != clock_realtime) return Errno::inval;
    auto const words = TRY(call.task.memory().load<TimeSpec>(call.args[1]));
    auto const wanted = TRY(words.ns());
    return set_real_time(call.task, wanted);
}

Outcome settimeofday(Call& call) {
    if (call.args[1] != 0) { // a time zone: as in Linux it is looked at, and of no effect
        struct Zone {
            std::int32_t minutes_west, summer_time;
        };
        auto const zone = TRY(call.task.memory().load<Zone>(call.args[1]));
        constexpr std::int32_t most = 15 * 60;
        if (zone.minutes_west > most || zone.minutes_west < -most) return Errno::inval;
    }
    if (call.args[0] == 0)
        return call.task.identity().can(Identity::sys_time) ? Outcome(0) : Errno::perm;
    auto const words = TRY(call.task.memory().load<TimeValue>(call.args[0]));
    if (words.microseconds < 0 || words.microseconds >= 1'000'000) return Errno::inval;
    auto const wanted = TRY((TimeSpec{words.seconds, words.microseconds * 1000}.ns()));
    return set_real_time(call.task, wanted);
}

Outcome clock_getres(Call& call) {
    TRY(read_clock(call.task, call.fd_arg(0)));
    if (call.args[1] == 0) return 0;
    bool const coarse =
        call.fd_arg(0) == clock_realtime_coarse || call.fd_arg(0) == clock_monotonic_coarse;
    return call.task.memory().store(call.args[1], TimeSpec{0, coarse ? 4'000'000 : 1});
}

Outcome gettimeofday(Call& call) {
    auto const now = call.task.environment().clock.realtime();
    if (call.args[0] != 0) TRY(call.task.memory().store(call.args[0], TimeValue::of(now)));
    if (call.args[1] != 0) TRY(call.task.memory().store(call.args[1], std::uint64_t{0}));
    return 0;
}

Outcome time(Call& call) {
    auto const seconds =
        static_cast<std::int64_t>(call.task.environment().clock.realtime() / second_ns);
    if (call.args[0] != 0) TRY(call.task.memory().store(call.args[0], seconds));
    return seconds;
}

Outcome nanosleep(Call& call) {
    if (call.first) {
        auto const wanted = TRY(call.task.memory().load<TimeSpec>(call.args[0]));
        call.deadline = add(call.task.system().now(), TRY(wanted.ns()));
    }
    return sleep(call, call.args[1], false);
}

Outcome clock_nanosleep(Call& call) {
    auto const clock = call.fd_arg(0);
    constexpr std::uint64_t absolute_flag = 1;
    bool const absolute = (call.args[1] & absolute_flag) != 0;
    Task& task = call.task;
    if (counts_processor_time(clock)) {
        // Nobody waits for himself to have worked.
        if (clock == clock_thread_time) return Errno::inval;
        auto const owner = TRY(time_owner(task.process, &task, clock));
        if (owner.task == &task) return Errno::inval;
        if (call.first) {
            auto const wanted = TRY(task.memory().load<TimeSpec>(call.args[2]));
            auto const ns = TRY(wanted.ns());
            call.progress[0] = absolute ? ns : add(owner.used(), ns);
        }
        return sleep_on_time_used(call, named_clock(task, clock), call.progress[0], call.args[3],
                                  absolute);
    }
    std::uint64_t const reading = TRY(read_clock(task, clock));
    if (clock == clock_monotonic_raw || clock == clock_realtime_coarse ||
        clock == clock_monotonic_coarse)
        return Errno::opnotsupp;
    bool const wakes_machine = clock == clock_realtime_alarm || clock == clock_boottime_alarm;
    if (wakes_machine && !task.identity().can(Identity::wake_alarm)) return Errno::perm;
    if (call.first) {
        auto const wanted = TRY(task.memory().load<TimeSpec>(call.args[2]));
        std::uint64_t const ns = TRY(wanted.ns());
        std::uint64_t const now = task.system().now();
        if (!absolute)
            call.deadline = add(now, ns);
        else
            call.deadline = ns > reading ? add(now, ns - reading) : now;
    }
    return sleep(call, call.args[3], absolute);
}

Outcome restart_syscall(Call& call) {
    auto const restart = call.task.restart;
    constexpr std::uint64_t poll = 7, futex_number = 202;
    switch (restart.number) {
    case 0: return Errno::intr;
    case poll: return poll_again(call);
    case futex_number: return futex_again(call);
    default: break;
    }
    auto const& words = restart.words;
    if (words[3] != 0)
        return sleep_on_time_used(call, static_cast<std::int32_t>(words[2]), words[0], words[1],
                                  false);
    call.deadline = words[0];
    return sleep(call, words[1], false);
}

} // namespace personality::calls

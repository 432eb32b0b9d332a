// Clocks, sleeping, interval timers.

#include <servers/linux/fs/calls.hpp>
#include <servers/linux/handlers.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/process/resource_usage.hpp>
#include <servers/linux/signal/send.hpp>
#include <servers/linux/system.hpp>
#include <servers/linux/time/time_words.hpp>

namespace personality::calls {

namespace {

enum ClockId : std::int32_t {
    realtime = 0,
    monotonic = 1,
    process_time = 2,
    thread_time = 3,
    monotonic_raw = 4,
    realtime_coarse = 5,
    monotonic_coarse = 6,
    boottime = 7,
    realtime_alarm = 8,
    boottime_alarm = 9,
    tai = 11,
};

Result<std::uint64_t> read_clock(Task& task, std::int32_t clock) {
    Clock const& clocks = task.environment().clock;
    switch (clock) {
    case realtime:
    case realtime_coarse:
    case realtime_alarm:
    case tai: return clocks.realtime();
    case monotonic:
    case monotonic_raw:
    case monotonic_coarse:
    case boottime:
    case boottime_alarm: return clocks.monotonic();
    case process_time: return processor_time(task.process);
    case thread_time: return task.system().machine.processor_time(task.thread);
    default: break;
    }
    // Clocks of other processes and threads: ~id << 3 | kind (MAKE_PROCESS_CPUCLOCK).
    if (clock >= 0) return fail(Errno::inval);
    constexpr std::int32_t per_thread = 4;
    auto const id = ~(clock >> 3);
    auto& tasks = task.system().tasks;
    if ((clock & 3) > 2) return fail(Errno::inval);
    if ((clock & per_thread) != 0) {
        auto* other = id == 0 ? &task : tasks.task(id);
        if (other == nullptr || &other->process != &task.process || !other->thread)
            return fail(Errno::inval);
        return task.system().machine.processor_time(other->thread);
    }
    auto* process = id == 0 ? &task.process : tasks.process(id);
    if (process == nullptr) return fail(Errno::inval);
    return processor_time(*process);
}

/// Sleep until call.deadline; `left` is where the rest of the time is reported.
Outcome sleep(Call& call, UserAddress left, bool absolute) {
    std::uint64_t const now = call.task.system().now();
    if (now >= call.deadline) return 0;
    if (!call.interrupted) return Outcome::blocked();
    if (absolute) return Errno::restart_no_hand;
    if (left != 0) TRY(call.task.memory().store(left, TimeSpec::of(call.deadline - now)));
    call.task.restart_number = call.number;
    call.task.restart_progress = {call.deadline, left};
    return Errno::restart_block;
}

void real_timer_rang(Alarm& alarm) {
    auto& process = *static_cast<Process*>(alarm.owner);
    auto& timer = process.real_timer;
    if (timer.interval != 0) {
        timer.next = add(timer.next, timer.interval);
        process.system.alarms.set(process.real_alarm, timer.next);
    } else {
        timer.next = never;
    }
    static_cast<void>(send_signal(process, {.signal = Signal::alrm, .code = signal_code::kernel}));
}

/// Arm ITIMER_REAL to ring in `ns` (0: disarm); returns what was left of it.
std::uint64_t arm_real_timer(Process& process, std::uint64_t ns, std::uint64_t interval) {
    std::uint64_t const now = process.system.now();
    auto& timer = process.real_timer;
    std::uint64_t const left = timer.next == never ? 0 : timer.next > now ? timer.next - now : 1;
    timer = {ns != 0 ? add(now, ns) : never, interval};
    process.real_alarm.owner = &process;
    process.real_alarm.ring = real_timer_rang;
    if (ns != 0)
        process.system.alarms.set(process.real_alarm, timer.next);
    else
        process.real_alarm.cancel();
    return left;
}

struct IntervalWords { // struct itimerval
    TimeValue interval, value;
};

Result<std::uint64_t> checked(TimeValue value) {
    if (value.seconds < 0 || value.microseconds < 0 || value.microseconds >= 1'000'000)
        return fail(Errno::inval);
    return TimeSpec{value.seconds, value.microseconds * 1000}.ns();
}

} // namespace

Outcome clock_gettime(Call& call) {
    auto const ns = TRY(read_clock(call.task, call.fd_arg(0)));
    return call.task.memory().store(call.args[1], TimeSpec::of(ns));
}

Outcome clock_settime(Call& call) {
    if (call.fd_arg(0) != realtime) return Errno::inval;
    auto const words = TRY(call.task.memory().load<TimeSpec>(call.args[1]));
    auto const wanted = TRY(words.ns());
    if (!call.task.identity().can(Identity::sys_time)) return Errno::perm;
    call.task.system().set_realtime(wanted);
    return 0;
}

Outcome clock_getres(Call& call) {
    TRY(read_clock(call.task, call.fd_arg(0)));
    if (call.args[1] == 0) return 0;
    bool const coarse = call.fd_arg(0) == realtime_coarse || call.fd_arg(0) == monotonic_coarse;
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
    constexpr std::uint64_t absolute = 1;
    if (clock == thread_time) return Errno::inval;
    if (clock == process_time || clock < 0) return Errno::opnotsupp;
    if (call.first) {
        std::uint64_t const reading = TRY(read_clock(call.task, clock));
        auto const wanted = TRY(call.task.memory().load<TimeSpec>(call.args[2]));
        std::uint64_t const ns = TRY(wanted.ns());
        std::uint64_t const now = call.task.system().now();
        if ((call.args[1] & absolute) == 0)
            call.deadline = add(now, ns);
        else
            call.deadline = ns > reading ? add(now, ns - reading) : now;
    }
    return sleep(call, call.args[3], (call.args[1] & absolute) != 0);
}

Outcome restart_syscall(Call& call) {
    Task& task = call.task;
    if (task.restart_number == 0) return Errno::intr;
    constexpr std::uint64_t poll = 7;
    if (task.restart_number == poll) return poll_again(call);
    call.deadline = task.restart_progress[0];
    return sleep(call, task.restart_progress[1], false);
}

Outcome alarm(Call& call) {
    auto const left = arm_real_timer(call.task.process, call.int_arg(0) * second_ns, 0);
    return (left + second_ns - 1) / second_ns;
}

Outcome setitimer(Call& call) {
    constexpr std::uint64_t real = 0, most = 2;
    if (call.args[0] > most) return Errno::inval;
    IntervalWords wanted{};
    if (call.args[1] != 0) wanted = TRY(call.task.memory().load<IntervalWords>(call.args[1]));
    auto const value = TRY(checked(wanted.value));
    auto const interval = TRY(checked(wanted.interval));
    IntervalWords old{};
    if (call.args[0] == real) {
        old.interval = TimeValue::of(call.task.process.real_timer.interval);
        old.value = TimeValue::of(arm_real_timer(call.task.process, value, interval));
    } else if (value != 0) {
        return Errno::nosys; // ITIMER_VIRTUAL and ITIMER_PROF
    }
    if (call.args[2] != 0) TRY(call.task.memory().store(call.args[2], old));
    return 0;
}

Outcome getitimer(Call& call) {
    constexpr std::uint64_t real = 0, most = 2;
    if (call.args[0] > most) return Errno::inval;
    IntervalWords words{};
    auto const& timer = call.task.process.real_timer;
    if (call.args[0] == real && timer.next != never) {
        std::uint64_t const now = call.task.system().now();
        words.interval = TimeValue::of(timer.interval);
        words.value = TimeValue::of(timer.next > now ? timer.next - now : 1000);
    }
    return call.task.memory().store(call.args[1], words);
}

} // namespace personality::calls

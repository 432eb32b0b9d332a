// Interval timers and those of timer_create.

#include <servers/linux/handlers.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/process/resource_usage.hpp>
#include <servers/linux/system.hpp>
#include <servers/linux/time/clocks.hpp>
#include <servers/linux/time/time_words.hpp>

#include <algorithm>

namespace personality::calls {

namespace {

using Which = IntervalTimers::Which;

struct IntervalWords { // struct itimerval
    TimeValue interval, value;
};
struct TimerWords { // struct itimerspec
    TimeSpec interval, value;
};
struct EventWords { // struct sigevent
    std::uint64_t value;
    std::int32_t signal, notify, thread;
    std::int32_t rest[11];
};
static_assert(sizeof(EventWords) == 64);

Result<std::uint64_t> checked(TimeValue value) {
    if (value.microseconds < 0 || value.microseconds >= 1'000'000) return fail(Errno::inval);
    return TimeSpec{value.seconds, value.microseconds * 1000}.ns();
}

Result<Which> which_arg(Call& call) {
    constexpr std::uint32_t most = 2;
    if (call.int_arg(0) > most) return fail(Errno::inval);
    return static_cast<Which>(call.int_arg(0));
}

IntervalWords words(IntervalTimers::Setting const& setting) {
    return {TimeValue::of(setting.interval), TimeValue::of(setting.left)};
}

/// Whether a timer can be made of the clock.
Result<> check_clock(Task& task, std::int32_t clock) {
    TRY(read_clock(task, clock));
    if (clock == clock_monotonic_raw || clock == clock_realtime_coarse ||
        clock == clock_monotonic_coarse)
        return fail(Errno::opnotsupp);
    bool const wakes_machine = clock == clock_realtime_alarm || clock == clock_boottime_alarm;
    if (wakes_machine && !task.identity().can(Identity::wake_alarm)) return fail(Errno::perm);
    return {};
}

Result<TimerNotice> notice_of(Task& task, EventWords const& event) {
    constexpr std::int32_t none = 1, thread = 2, thread_id = 4;
    TimerNotice notice{.silent = event.notify == none,
                       .signal = static_cast<Signal>(event.signal),
                       .thread = 0,
                       .value = event.value};
    if (notice.silent) return notice;
    if (event.notify == thread_id) {
        auto const* target = task.system().tasks.task(event.thread);
        if (target == nullptr || &target->process != &task.process) return fail(Errno::inval);
        notice.thread = event.thread;
    } else if (event.notify != 0 && event.notify != thread) {
        return fail(Errno::inval);
    }
    if (event.signal <= 0 || event.signal > static_cast<std::int32_t>(signal_count))
        return fail(Errno::inval);
    return notice;
}

Result<PosixTimer*> timer_arg(Call& call) {
    auto* const timer = call.task.process.timers.find(call.fd_arg(0));
    if (timer == nullptr) return fail(Errno::inval);
    return timer;
}

TimerWords words(PosixTimer::Setting const& setting) {
    return {TimeSpec::of(setting.interval), TimeSpec::of(setting.left)};
}

} // namespace

Outcome alarm(Call& call) {
    auto& timers = call.task.process.itimers;
    auto const left = timers.get(Which::real).left;
    timers.set(Which::real, {call.int_arg(0) * second_ns, 0});
    // To the nearest second, but never to none.
    return left == 0 ? 0 : std::max<std::uint64_t>(1, (left + second_ns / 2) / second_ns);
}

Outcome getitimer(Call& call) {
    auto const which = TRY(which_arg(call));
    return call.task.memory().store(call.args[1], words(call.task.process.itimers.get(which)));
}

Outcome setitimer(Call& call) {
    IntervalWords wanted{};
    if (call.args[1] != 0) wanted = TRY(call.task.memory().load<IntervalWords>(call.args[1]));
    auto const which = TRY(which_arg(call));
    auto const value = TRY(checked(wanted.value));
    auto const interval = TRY(checked(wanted.interval));
    auto& timers = call.task.process.itimers;
    auto const old = words(timers.get(which));
    timers.set(which, {value, interval});
    if (call.args[2] != 0) TRY(call.task.memory().store(call.args[2], old));
    return 0;
}

Outcome timer_create(Call& call) {
    Task& task = call.task;
    auto const clock = call.fd_arg(0);
    EventWords event{};
    event.signal = static_cast<std::int32_t>(Signal::alrm);
    if (call.args[1] != 0) event = TRY(task.memory().load<EventWords>(call.args[1]));
    TRY(check_clock(task, clock));
    auto notice = TRY(notice_of(task, event));
    notice.value_is_id = call.args[1] == 0;
    auto& timers = task.process.timers;
    auto* const timer = TRY(timers.create(named_clock(task, clock), notice));
    auto const told = task.memory().store(call.args[2], timer->id);
    if (!told) {
        PosixTimers::remove(*timer);
        return told;
    }
    return 0;
}

Outcome timer_settime(Call& call) {
    constexpr std::uint32_t absolute = 1;
    if (call.args[2] == 0) return Errno::inval;
    auto const wanted = TRY(call.task.memory().load<TimerWords>(call.args[2]));
    auto const value = TRY(wanted.value.ns());
    auto const interval = TRY(wanted.interval.ns());
    auto* const timer = TRY(timer_arg(call));
    auto const old = words(timer->get());
    TRY(timer->set({value, interval}, (call.int_arg(1) & absolute) != 0));
    if (call.args[3] != 0) TRY(call.task.memory().store(call.args[3], old));
    return 0;
}

Outcome timer_gettime(Call& call) {
    auto const* const timer = TRY(timer_arg(call));
    return call.task.memory().store(call.args[1], words(timer->get()));
}

Outcome timer_getoverrun(Call& call) { return TRY(timer_arg(call))->overrun(); }

Outcome timer_delete(Call& call) {
    PosixTimers::remove(*TRY(timer_arg(call)));
    return 0;
}

} // namespace personality::calls

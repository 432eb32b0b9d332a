#include <servers/linux/time/posix_timers.hpp>

#include <servers/linux/process/process.hpp>
#include <servers/linux/signal/send.hpp>
#include <servers/linux/system.hpp>
#include <servers/linux/time/clocks.hpp>
#include <servers/linux/time/time_words.hpp>

#include <algorithm>
#include <limits>
#include <new>

namespace personality {

PosixTimer::PosixTimer(Process& process, std::int32_t number, std::uint32_t serial_number,
                       std::int32_t clock, TimerNotice const& notice, Ref<UserAccount> account)
    : id(number), serial(serial_number), process_(process), account_(std::move(account)),
      clock_(clock), notice_(notice) {
    if (account_) account_->queued++;
    alarm_.owner = cpu_alarm_.owner = this;
    alarm_.ring = [](Alarm& alarm) { static_cast<PosixTimer*>(alarm.owner)->rang(); };
    cpu_alarm_.ring = [](CpuAlarm& alarm) { static_cast<PosixTimer*>(alarm.owner)->rang(); };
}

PosixTimer::~PosixTimer() {
    if (account_) account_->queued--;
}

/// In terms of `next_`.
Result<std::uint64_t> PosixTimer::reading() const {
    if (!counts_processor_time(clock_)) return process_.system.now();
    return TRY(time_owner(process_, nullptr, clock_)).used();
}

void PosixTimer::disarm() {
    alarm_.cancel();
    cpu_alarm_.cancel();
}

void PosixTimer::arm() {
    if (notice_.silent || next_ == never) return;
    if (!counts_processor_time(clock_)) return process_.system.alarms.set(alarm_, next_);
    auto const owner = time_owner(process_, nullptr, clock_);
    if (owner) owner->process->cpu_alarms.set(cpu_alarm_, next_, owner->task);
}

Result<> PosixTimer::set(Setting setting, bool absolute) {
    auto const now = reading();
    if (!now) return fail(Errno::srch);
    disarm();
    interval_ = setting.interval;
    overrun_ = 0;
    told_overrun_ = 0;
    next_ = never;
    absolute_ = absolute;
    if (setting.left == 0) return {};
    if (!absolute) {
        next_ = add(*now, setting.left);
    } else if (runs_with_realtime(clock_)) {
        auto const wall = process_.system.environment.clock.realtime();
        next_ = setting.left > wall ? add(*now, setting.left - wall)
                                    : *now - std::min(*now, wall - setting.left);
    } else {
        next_ = setting.left;
    }
    arm();
    return {};
}

PosixTimer::Setting PosixTimer::get() const {
    auto const now = reading();
    if (next_ == never || !now) return {0, interval_};
    if (next_ > *now) return {next_ - *now, interval_};
    if (interval_ != 0) return {interval_ - (*now - next_) % interval_, interval_};
    bool const about_to_ring = alarm_.armed() || cpu_alarm_.armed();
    return {about_to_ring ? std::uint64_t{1} : 0, interval_};
}

/// To the first time behind `now`; returns how many were passed on the way.
std::uint64_t PosixTimer::forward(std::uint64_t now) {
    if (next_ > now) return 0;
    auto const periods = (now - next_) / interval_ + 1;
    next_ = add(next_, periods * interval_);
    return periods;
}

void PosixTimer::rang() {
    Task* task = nullptr;
    if (notice_.thread != 0) {
        task = process_.system.tasks.task(notice_.thread);
        if (task != nullptr && (&task->process != &process_ || task->state == Task::State::ended))
            task = nullptr;
        if (task == nullptr) {
            next_ = never;
            return;
        }
    }
    auto const& pending = task != nullptr ? task->pending : process_.pending;
    if (pending.holds_timer(serial)) { // of a setting before this one
        overrun_++;
        return;
    }
    auto const sent = send_timer_signal(
        process_, task,
        {.signal = notice_.signal,
         .code = signal_code::timer,
         .pid = id,
         .value = notice_.value_is_id ? static_cast<std::uint32_t>(id) : notice_.value,
         .timer = serial});
    if (interval_ == 0) {
        next_ = never;
        return;
    }
    if (sent == Sent::waits) return;          // it goes on when that is taken
    constexpr std::uint64_t calm = 4'000'000; // nobody listens
    if (auto const now = reading()) {
        overrun_ += forward(*now + calm);
        arm();
    }
}

void PosixTimer::signal_taken(SignalInfo& info) {
    if (interval_ != 0 && next_ != never && !alarm_.armed() && !cpu_alarm_.armed()) {
        if (auto const now = reading()) {
            auto const passed = forward(*now);
            overrun_ += passed > 0 ? passed - 1 : 0;
            arm();
        }
    }
    constexpr std::uint64_t most = std::numeric_limits<std::int32_t>::max();
    told_overrun_ = static_cast<std::int32_t>(std::min(overrun_, most));
    overrun_ = 0;
    info.uid = static_cast<std::uint32_t>(told_overrun_);
}

void PosixTimer::shift(std::int64_t ns) {
    if (!absolute_ || !runs_with_realtime(clock_) || next_ == never) return;
    bool const armed = alarm_.armed();
    auto const by = static_cast<std::uint64_t>(ns < 0 ? -ns : ns);
    next_ = ns < 0 ? next_ - std::min(next_, by) : add(next_, by);
    if (armed) arm();
}

Result<PosixTimer*> PosixTimers::create(std::int32_t clock, TimerNotice const& notice) {
    auto const& account = process_.account;
    if (account && account->queued >= process_.limits.soft(Limit::sigpending))
        return fail(Errno::again);
    while (find(next_id_) != nullptr) next_id_ = next_id_ == INT32_MAX ? 0 : next_id_ + 1;
    auto* const timer =
        new (std::nothrow) PosixTimer(process_, next_id_, next_serial_, clock, notice, account);
    if (timer == nullptr) return fail(Errno::again);
    timers_.push_back(*timer);
    next_id_ = next_id_ == INT32_MAX ? 0 : next_id_ + 1;
    if (++next_serial_ == 0) next_serial_ = 1;
    return timer;
}

PosixTimer* PosixTimers::find(std::int32_t id) {
    for (auto& timer : timers_)
        if (timer.id == id) return &timer;
    return nullptr;
}

void PosixTimers::remove(PosixTimer& timer) {
    base::List<PosixTimer, &PosixTimer::link>::remove(timer);
    delete &timer;
}

void PosixTimers::clear() {
    while (!timers_.empty()) remove(timers_.front());
}

void PosixTimers::signal_taken(SignalInfo& info) {
    for (auto& timer : timers_)
        if (timer.serial == info.timer) return timer.signal_taken(info);
}

void PosixTimers::shift(std::int64_t ns) {
    for (auto& timer : timers_) timer.shift(ns);
}

} // namespace personality

#include <servers/linux/time/interval_timers.hpp>

#include <servers/linux/process/process.hpp>
#include <servers/linux/process/resource_usage.hpp>
#include <servers/linux/signal/send.hpp>
#include <servers/linux/system.hpp>
#include <servers/linux/time/time_words.hpp>

#include <algorithm>

namespace personality {

namespace {

void send(Process& process, Signal signal) {
    static_cast<void>(send_signal(process, {.signal = signal, .code = signal_code::kernel}));
}

} // namespace

IntervalTimers::IntervalTimers(Process& process) : process_(process) {
    real_.owner = &process_;
    real_.ring = [](Alarm& alarm) { send(*static_cast<Process*>(alarm.owner), Signal::alrm); };
    virtual_.alarm.owner = profile_.alarm.owner = limit_.owner = this;
    virtual_.alarm.ring = [](CpuAlarm& alarm) {
        static_cast<IntervalTimers*>(alarm.owner)->cpu_rang(Which::virtual_time);
    };
    profile_.alarm.ring = [](CpuAlarm& alarm) {
        static_cast<IntervalTimers*>(alarm.owner)->cpu_rang(Which::profile);
    };
    limit_.ring = [](CpuAlarm& alarm) {
        static_cast<IntervalTimers*>(alarm.owner)->limit_reached();
    };
}

IntervalTimers::Setting IntervalTimers::get(Which which) const {
    constexpr std::uint64_t at_once = 1000; // armed, and due
    if (which == Which::real) {
        if (!real_.armed()) return {0, real_interval_};
        auto const now = process_.system.now();
        return {real_next_ > now ? real_next_ - now : at_once, real_interval_};
    }
    auto const& timer = cpu(which);
    if (!timer.alarm.armed()) return {0, timer.interval};
    auto const used = processor_time(process_);
    return {timer.alarm.when() > used ? timer.alarm.when() - used : at_once, timer.interval};
}

void IntervalTimers::set(Which which, Setting setting) {
    if (which == Which::real) {
        real_interval_ = setting.interval;
        real_.cancel();
        if (setting.left == 0) return;
        real_next_ = add(process_.system.now(), setting.left);
        process_.system.alarms.set(real_, real_next_);
        return;
    }
    auto& timer = cpu(which);
    timer.interval = setting.interval;
    timer.alarm.cancel();
    if (setting.left != 0)
        process_.cpu_alarms.set(timer.alarm, add(processor_time(process_), setting.left));
}

void IntervalTimers::alarm_taken() {
    auto const now = process_.system.now();
    if (real_interval_ == 0 || real_.armed() || real_next_ > now) return;
    real_next_ = add(real_next_, ((now - real_next_) / real_interval_ + 1) * real_interval_);
    process_.system.alarms.set(real_, real_next_);
}

void IntervalTimers::cpu_rang(Which which) {
    auto& timer = cpu(which);
    if (timer.interval != 0)
        process_.cpu_alarms.set(timer.alarm, add(timer.alarm.when(), timer.interval));
    send(process_, which == Which::profile ? Signal::prof : Signal::vtalrm);
}

void IntervalTimers::limit_changed() {
    limit_.cancel();
    auto const limit = process_.limits[Limit::cpu];
    auto const seconds = std::min(limit.soft, limit.hard);
    if (seconds >= never / second_ns) return;
    process_.cpu_alarms.set(limit_, std::max<std::uint64_t>(seconds, 1) * second_ns);
}

void IntervalTimers::limit_reached() {
    auto const hard = process_.limits[Limit::cpu].hard;
    auto const at = limit_.when();
    if (hard < never / second_ns && at >= hard * second_ns) return send(process_, Signal::kill);
    // Once a second from now on.
    process_.cpu_alarms.set(limit_, at + second_ns);
    send(process_, Signal::xcpu);
}

void IntervalTimers::clear() {
    real_.cancel();
    real_interval_ = virtual_.interval = profile_.interval = 0;
    virtual_.alarm.cancel();
    profile_.alarm.cancel();
    limit_.cancel();
}

} // namespace personality

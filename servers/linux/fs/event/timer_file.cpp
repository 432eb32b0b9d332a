#include <servers/linux/fs/event/timer_file.hpp>

#include <servers/linux/system.hpp>
#include <servers/linux/time/time_words.hpp>

namespace personality {

TimerFile::TimerFile(Location at, std::uint32_t open_flags, System& system, bool real)
    : File(std::move(at), open_flags), system_(system), real_(real) {
    alarm_.owner = this;
    alarm_.ring = [](Alarm& alarm) { static_cast<TimerFile*>(alarm.owner)->rang(); };
}

TimerFile::~TimerFile() = default;

Result<> TimerFile::set(Setting const& setting, How how) {
    alarm_.cancel();
    bool const unheard = canceled_;
    how_ = how;
    interval_ = setting.interval;
    value_ = setting.value;
    next_ = never;
    ticks_ = 0;
    rang_ = canceled_ = false;
    if (clock_link.linked()) ClockWatches::remove(*this);
    if (real_ && how.absolute && value_ != 0) system_.clock_watches.push_back(*this);
    if (value_ != 0) arm();
    return unheard ? Result<>(fail(Errno::canceled)) : Result<>();
}

void TimerFile::arm() {
    auto const now = system_.now();
    auto const today = system_.environment.clock.realtime();
    if (!how_.absolute)
        next_ = add(now, value_);
    else if (real_)
        next_ = add(now, value_ > today ? value_ - today : 0);
    else
        next_ = value_;
    if (next_ <= now)
        rang();
    else
        system_.alarms.set(alarm_, next_);
}

void TimerFile::rang() {
    ticks_++;
    rang_ = true;
    queue_.wake_all(poll_event::readable);
}

void TimerFile::catch_up() {
    if (!rang_ || interval_ == 0) return;
    rang_ = false;
    auto const now = system_.now();
    auto const passed = now > next_ ? (now - next_) / interval_ : 0;
    ticks_ += passed;
    next_ = add(next_ + passed * interval_, interval_);
    value_ = add(value_, (passed + 1) * interval_);
    system_.alarms.set(alarm_, next_);
}

TimerFile::Setting TimerFile::left() {
    catch_up();
    auto const now = system_.now();
    return {interval_, alarm_.armed() && next_ > now ? next_ - now : 0};
}

Outcome TimerFile::read(Call& call, UserBuffer& to) {
    if (to.remaining() < sizeof ticks_) return Errno::inval;
    if (ticks_ == 0) {
        if (nonblocking()) return Errno::again;
        TRY(call.watch(queue_));
        return call.block(Errno::restart_sys);
    }
    if (canceled_) {
        canceled_ = false;
        ticks_ = 0;
        return Errno::canceled;
    }
    catch_up();
    auto const ticks = std::exchange(ticks_, 0);
    if (TRY(to.copy_out(std::as_bytes(std::span(&ticks, 1)))) != sizeof ticks) return Errno::fault;
    return sizeof ticks;
}

void TimerFile::clock_set() {
    if (how_.cancel_on_set) {
        canceled_ = true;
        ticks_++;
        queue_.wake_all(poll_event::readable);
    }
    // What rang has rung; what is still due is due at another moment now.
    if (!alarm_.armed()) return;
    alarm_.cancel();
    arm();
}

} // namespace personality

#pragma once
// timerfd: a timer whose expirations are counted and read.

#include <servers/linux/fs/file.hpp>
#include <servers/linux/time/alarm_clock.hpp>
#include <servers/linux/time/clock_watch.hpp>
#include <servers/linux/wait_queue.hpp>

namespace personality {

class System;

class TimerFile final : public File, private ClockWatch {
public:
    /// In ns; `value` 0: not armed.
    struct Setting {
        std::uint64_t interval = 0, value = 0;
    };
    struct How {
        bool absolute = false;
        bool cancel_on_set = false; ///< of an absolute timer of the real-time clock
    };

    /// `real`: of the clock that can be set.
    TimerFile(Location at, std::uint32_t open_flags, System& system, bool real);

    FileKind kind() const override { return FileKind::timer; }
    /// ECANCELED: the clock was set, and nobody had heard of it; the new setting counts.
    Result<> set(Setting const& setting, How how);
    /// What is left, and the interval.
    Setting left();

    Outcome read(Call& call, UserBuffer& to) override;
    std::uint32_t ready() override { return ticks_ != 0 ? poll_event::readable : 0; }
    WaitQueue* poll_queue() override { return &queue_; }

protected:
    ~TimerFile() override;

private:
    System& system_;
    bool const real_;
    How how_;
    std::uint64_t interval_ = 0;
    std::uint64_t value_ = 0; ///< when it is due, by its own clock, if that is the real one
    Instant next_ = never;    ///< when it is due, or was when it rang
    std::uint64_t ticks_ = 0;
    bool rang_ = false; ///< and does not run until somebody looks: its ticks are worked out
    bool canceled_ = false;
    Alarm alarm_;
    WaitQueue queue_;

    void arm();
    void rang();
    /// Count what has passed since it rang, and let it run again.
    void catch_up();
    void clock_set() override;
};

} // namespace personality

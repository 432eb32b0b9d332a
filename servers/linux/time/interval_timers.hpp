#pragma once
// The three interval timers of a process (setitimer), and its limit on processor time.

#include <servers/linux/time/alarm_clock.hpp>
#include <servers/linux/time/cpu_alarms.hpp>

#include <array>
#include <cstdint>

namespace personality {

class Process;

class IntervalTimers {
public:
    enum class Which : std::uint8_t { real, virtual_time, profile };
    /// In ns; `left` 0: it is off.
    struct Setting {
        std::uint64_t left = 0, interval = 0;
    };

    explicit IntervalTimers(Process& process);

    Setting get(Which which) const;
    void set(Which which, Setting setting);
    /// SIGALRM has been taken: the real one runs on. So it never sends faster than is taken.
    void alarm_taken();
    /// RLIMIT_CPU has changed, or is inherited.
    void limit_changed();
    /// All off, the limit too.
    void clear();

private:
    Process& process_;
    Alarm real_;
    Instant real_next_ = never; ///< when it rings, or rang last
    std::uint64_t real_interval_ = 0;
    struct CpuTimer {
        CpuAlarm alarm;
        std::uint64_t interval = 0;
    };
    CpuTimer virtual_, profile_;
    CpuAlarm limit_;

    CpuTimer& cpu(Which which) { return which == Which::profile ? profile_ : virtual_; }
    CpuTimer const& cpu(Which which) const { return which == Which::profile ? profile_ : virtual_; }
    void cpu_rang(Which which);
    void limit_reached();
};

} // namespace personality

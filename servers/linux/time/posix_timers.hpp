#pragma once
// The timers that a process makes with timer_create.

#include <servers/linux/errno.hpp>
#include <servers/linux/process/user_account.hpp>
#include <servers/linux/signal/signal.hpp>
#include <servers/linux/time/alarm_clock.hpp>
#include <servers/linux/time/cpu_alarms.hpp>

#include <base/list.hpp>

#include <cstdint>

namespace personality {

class Process;
class Task;

/// How a timer tells of itself.
struct TimerNotice {
    bool silent = false; ///< SIGEV_NONE
    Signal signal = Signal::alrm;
    std::int32_t thread = 0; ///< tid; 0: the process
    std::uint64_t value = 0;
    bool value_is_id = false;
};

class PosixTimer {
public:
    /// In ns; `left` 0: it is off.
    struct Setting {
        std::uint64_t left = 0, interval = 0;
    };

    PosixTimer(Process& process, std::int32_t number, std::uint32_t serial, std::int32_t clock,
               TimerNotice const& notice, Ref<UserAccount> account);
    ~PosixTimer();
    PosixTimer(PosixTimer const&) = delete;
    PosixTimer& operator=(PosixTimer const&) = delete;

    std::int32_t const id;
    std::uint32_t const serial; ///< never of two timers of the process
    base::Link link;

    /// `absolute`: left is a time of its clock. ESRCH: whose time it counts has ended.
    Result<> set(Setting setting, bool absolute);
    Setting get() const;
    /// Times it rang since the signal that was taken last, and was not told.
    std::int32_t overrun() const { return told_overrun_; }
    void signal_taken(SignalInfo& info);
    /// The real time was set: what rings at a time of day rings later by this much.
    void shift(std::int64_t ns);

private:
    Process& process_;
    Ref<UserAccount> account_;
    std::int32_t const clock_;
    TimerNotice const notice_;
    Alarm alarm_;
    CpuAlarm cpu_alarm_;
    /// When it rings next, or rang last if it waits for that signal to be taken: monotonic time or
    /// processor time. `never`: it is off.
    std::uint64_t next_ = never;
    std::uint64_t interval_ = 0;
    std::uint64_t overrun_ = 0;
    std::int32_t told_overrun_ = 0;
    bool absolute_ = false;

    Result<std::uint64_t> reading() const;
    void arm();
    void disarm();
    void rang();
    std::uint64_t forward(std::uint64_t now);
};

/// Those of one process.
class PosixTimers {
public:
    explicit PosixTimers(Process& process) : process_(process) {}
    ~PosixTimers() { clear(); }
    PosixTimers(PosixTimers const&) = delete;
    PosixTimers& operator=(PosixTimers const&) = delete;

    /// EAGAIN: the user has as many timers and signals as he may.
    Result<PosixTimer*> create(std::int32_t clock, TimerNotice const& notice);
    PosixTimer* find(std::int32_t id);
    static void remove(PosixTimer& timer);
    void clear();
    void signal_taken(SignalInfo& info);
    void shift(std::int64_t ns);

private:
    Process& process_;
    base::List<PosixTimer, &PosixTimer::link> timers_;
    std::int32_t next_id_ = 0;
    std::uint32_t next_serial_ = 1;
};

} // namespace personality

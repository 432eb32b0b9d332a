#pragma once
// What is to happen when a process, or a task of it, has used so much processor time: the interval
// timers that count it, RLIMIT_CPU, timers and sleeps on its clocks.
//
// Nobody tells how time is used up, so the process is looked at: when the time that is left could
// have been used at the earliest, and seldom while it uses none.

#include <servers/linux/time/alarm_clock.hpp>

#include <base/list.hpp>

#include <cstdint>

namespace personality {

class CpuAlarms;
class Process;
class Task;

class CpuAlarm {
public:
    using Ring = void (*)(CpuAlarm&);
    CpuAlarm() = default;
    CpuAlarm(CpuAlarm const&) = delete;
    CpuAlarm& operator=(CpuAlarm const&) = delete;
    ~CpuAlarm() { cancel(); }

    std::uint64_t when() const { return when_; }
    bool armed() const { return link_.linked(); }
    void cancel();

    void* owner = nullptr;
    Ring ring = nullptr;

private:
    friend class CpuAlarms;
    Task* task_ = nullptr;
    std::uint64_t when_ = 0;
    base::Link link_;
};

/// Those of one process.
class CpuAlarms {
public:
    explicit CpuAlarms(Process& process) : process_(process) {}
    CpuAlarms(CpuAlarms const&) = delete;
    CpuAlarms& operator=(CpuAlarms const&) = delete;
    ~CpuAlarms() { clear(); }

    /// Ring when the task, or all of the process, has used `when` ns.
    void set(CpuAlarm& alarm, std::uint64_t when, Task* task = nullptr);
    /// The task is going: its time stands still.
    void forget(Task& task);
    void clear();

private:
    Process& process_;
    base::List<CpuAlarm, &CpuAlarm::link_> alarms_;
    Alarm look_;
    std::uint64_t seen_ = 0; ///< what the process had used when it was last looked at
    std::uint64_t pause_ = 0;

    void look();
    void look_later(std::uint64_t left);
    std::uint64_t shortest_pause() const;
    static void look_now(Alarm& alarm) { static_cast<CpuAlarms*>(alarm.owner)->look(); }
};

} // namespace personality

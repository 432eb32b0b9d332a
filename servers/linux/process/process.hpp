#pragma once
// A process: a thread group with one memory, one set of signal handlers and one place in the tree
// of parents and children.

#include <servers/linux/call.hpp>
#include <servers/linux/fs/ref.hpp>
#include <servers/linux/identity.hpp>
#include <servers/linux/limits.hpp>
#include <servers/linux/machine/machine.hpp>
#include <servers/linux/process/process_group.hpp>
#include <servers/linux/process/task.hpp>
#include <servers/linux/signal/handlers.hpp>
#include <servers/linux/signal/pending.hpp>
#include <servers/linux/time/alarm_clock.hpp>
#include <servers/linux/wait_queue.hpp>

#include <base/list.hpp>

#include <array>
#include <cstdint>

namespace personality {

/// Somebody in the server who waits for a child of process 1.
class EndObserver {
public:
    virtual ~EndObserver() = default;
    /// The process has ended, with a status as wait4 has it.
    virtual void process_ended(Process& process, std::int32_t status) = 0;
};

class File; ///< servers/linux/fs: an open file description

/// Interval timers that belong to a process; only the real one runs on its own.
struct IntervalTimer {
    Instant next = never;
    std::uint64_t interval = 0;
};

class Process {
public:
    Process(System& system, Pid pid);
    ~Process();
    Process(Process const&) = delete;
    Process& operator=(Process const&) = delete;

    System& system;
    Pid const pid;
    Process* parent = nullptr;
    base::Link sibling_link;
    Process* next_in_group = nullptr;
    Process* next_process = nullptr; ///< in the task table
    Process* previous_process = nullptr;
    base::List<Process, &Process::sibling_link> children;
    base::List<Task, &Task::process_link> tasks;
    std::uint32_t task_count = 0;

    Ref<ProcessGroup> group;
    Ref<ProgramSpace> memory;
    Ref<SignalHandlers> handlers;
    Identity identity;
    Limits limits;
    PendingSignals pending; ///< for any of its tasks
    /// What it runs, as long as it runs it (/proc/PID/exe).
    Ref<File> executable;
    bool has_executed = false;  ///< since its fork: setpgid by the parent fails with EACCES
    bool left_terminal = false; ///< it gave its session's terminal up for itself (TIOCNOTTY)
    bool dumpable = true;
    bool no_new_privileges = false;
    bool child_subreaper = false;
    std::int32_t nice = 0;
    /// /proc/PID/oom_score_adj: who ends first when memory is short.
    std::int32_t oom_score_adjustment = 0;
    static constexpr std::int32_t never_when_short = -1000;
    std::uint64_t personality_bits = 0; ///< personality_bit
    std::uint32_t exit_signal = 17;     ///< what the parent is sent at the end
    std::uint32_t parent_death_signal = 0;

    enum class State : std::uint8_t { running, stopped, zombie };
    State state = State::running;
    /// As wait4 reports it; valid for zombies.
    std::int32_t wait_status = 0;
    std::int32_t stop_signal = 0;
    bool stop_unreported = false, continue_unreported = false;
    /// exit_group or a deadly signal is on its way: every task ends before its next instruction.
    bool ending = false;
    /// wait4 of this process: woken when a child changes state.
    WaitQueue child_events;
    /// vfork: the parent's task waits here until this process execs or ends.
    WaitQueue vfork_done;
    bool vfork_pending = false;

    Instant started = 0;
    std::uint64_t user_ns = 0, system_ns = 0; ///< of ended tasks
    std::uint64_t children_user_ns = 0, children_system_ns = 0;
    std::uint64_t minor_faults = 0;
    IntervalTimer real_timer;
    Alarm real_alarm;

    ProcessHandle handle;
    Process* next_dead = nullptr;
    EndObserver* observer = nullptr;

    /// The task whose tid is the pid; it stays, ended, until the process is reaped.
    Task* leader = nullptr;
    Pid parent_pid() const { return parent ? parent->pid : 0; }
    bool init() const { return pid == 1; }
};

} // namespace personality

#pragma once
// A process: a thread group with one memory, one set of signal handlers and one place in the tree
// of parents and children.

#include <servers/linux/call.hpp>
#include <servers/linux/fs/ref.hpp>
#include <servers/linux/identity.hpp>
#include <servers/linux/limits.hpp>
#include <servers/linux/machine/machine.hpp>
#include <servers/linux/process/process_group.hpp>
#include <servers/linux/process/resource_count.hpp>
#include <servers/linux/process/task.hpp>
#include <servers/linux/process/user_account.hpp>
#include <servers/linux/signal/handlers.hpp>
#include <servers/linux/signal/pending.hpp>
#include <servers/linux/time/cpu_alarms.hpp>
#include <servers/linux/time/interval_timers.hpp>
#include <servers/linux/time/posix_timers.hpp>
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

class File;        ///< servers/linux/fs: an open file description
class ProcessMark; ///< pid_file.hpp

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
    /// /proc/PID/oom_score_adj: who ends first when memory is short.
    std::int32_t oom_score_adjustment = 0;
    static constexpr std::int32_t never_when_short = -1000;
    std::uint32_t login_user = ~0U;     ///< /proc/PID/loginuid: who logged in; nobody
    std::uint64_t personality_bits = 0; ///< personality_bit
    bool huge_pages_disabled = false;   ///< kept for who asks
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
    ResourceCount ended;                ///< of tasks that have ended
    ResourceCount children_count;       ///< of children that were waited for, and theirs
    std::uint64_t largest_resident = 0; ///< pages, of programs it ran before
    CpuAlarms cpu_alarms{*this};
    IntervalTimers itimers{*this};
    PosixTimers timers{*this};
    /// Of its real user; none before it runs.
    Ref<UserAccount> account;

    ProcessHandle handle;
    Process* next_dead = nullptr;
    EndObserver* observer = nullptr;

    /// The task whose tid is the pid; it stays, ended, until the process is reaped.
    Task* leader = nullptr;
    /// For descriptors that name it, made when the first is.
    Ref<ProcessMark> mark;
    /// The thread that made it, for waits with __WNOTHREAD.
    Pid maker = 0;
    Pid parent_pid() const { return parent ? parent->pid : 0; }
    bool init() const { return pid == 1; }
};

inline SignalSet Task::deliverable() const {
    return (pending.set() | process.pending.set()) & ~blocked_signals;
}

inline bool Task::goes_straight_home() const {
    return deliverable().empty() && !restore_signals && process.state == Process::State::running;
}

} // namespace personality

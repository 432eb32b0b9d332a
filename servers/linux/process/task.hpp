#pragma once
// A task: one thread of a program, as programs count them (its tid), and as the kernel has it.

#include <servers/linux/call.hpp>
#include <servers/linux/fs/ref.hpp>
#include <servers/linux/futex/futex_table.hpp>
#include <servers/linux/identity.hpp>
#include <servers/linux/machine/machine.hpp>
#include <servers/linux/process/resource_count.hpp>
#include <servers/linux/process/schedule.hpp>
#include <servers/linux/signal/frame.hpp>
#include <servers/linux/signal/pending.hpp>
#include <servers/linux/signal/signal.hpp>
#include <servers/linux/time/alarm_clock.hpp>
#include <servers/linux/time/cpu_alarms.hpp>
#include <servers/linux/user_memory.hpp>

#include <base/list.hpp>

#include <array>
#include <cstdint>
#include <memory>

namespace personality {

class DescriptorTable; ///< servers/linux/fs: what the descriptors of a program stand for
class FileContext;     ///< servers/linux/fs: root, working folder, umask
class Process;
class ProgramSpace;
class System;
struct Environment;

using Pid = std::int32_t;

/// The alternative signal stack of a task.
struct SignalStack {
    UserAddress base = 0;
    std::uint64_t size = 0;
    std::uint32_t flags = 0; ///< as they were given
};

class Task {
public:
    Task(Process& process, Pid tid);
    ~Task();
    Task(Task const&) = delete;
    Task& operator=(Task const&) = delete;

    Process& process;
    Pid tid;                     ///< changes only when a thread that is not the leader execs
    std::array<char, 16> name{}; ///< comm, zero-terminated

    Call call{*this};
    /// Where the task stands: in a call of ours, stopped, or in its own code.
    enum class State : std::uint8_t {
        running, ///< in its own code, or in a call that is being served right now
        blocked, ///< in a call that waits
        stopped, ///< on its way out of a call, a fault or a kick, while its process is stopped
        ended
    };
    State state = State::running;
    /// What a stopped task takes home when it goes on.
    Outcome outcome = 0;
    /// Its registers, if a handler was entered before it stopped.
    std::unique_ptr<Registers> kept;
    /// It came by a system call, so its result belongs into RAX and the call may be restarted.
    bool in_call = false;
    /// We kicked it and have not heard of it since.
    bool kicked = false;
    std::uint64_t timer_slack = 50'000; ///< kept for who asks
    ResourceCount counts;               ///< its times are the kernel's to tell
    Alarm deadline;
    CpuAlarm cpu_deadline; ///< of a sleep on processor time

    Ref<DescriptorTable> descriptors;
    Ref<FileContext> place;

    SignalSet blocked_signals;
    /// The mask to go back to when a call that changed it for its own time (rt_sigsuspend, ppoll)
    /// has been interrupted.
    SignalSet saved_signals;
    bool restore_signals = false;
    /// The signals that rt_sigtimedwait waits for.
    SignalSet waits_for;
    PendingSignals pending;
    /// Of the last fault, for the frame of its signal.
    FaultWords fault;
    SignalStack signal_stack;

    FutexWaiter futex;
    /// Those who wait for locks of this task.
    base::List<FutexWaiter, &FutexWaiter::owner_link> lock_waiters;
    Schedule schedule;
    ProcessorSet processors = ~ProcessorSet{0}; ///< where it may run
    std::uint32_t processor = 0;                ///< where it does
    base::Link run_link;                        ///< linked while it runs (Processors)
    std::uint8_t busy_looks = 0;                ///< so often in a row it was found busy
    Instant seen_at = 0;                        ///< when it was last looked at
    std::uint64_t seen_used_ns = 0;             ///< and what it had used by then
    std::uint64_t used_before_ns = 0;           ///< on processors before this one
    /// The rank it runs at: its own, or that of who waits for it.
    std::uint32_t priority = 0;
    UserAddress clear_child_tid = 0;
    UserAddress robust_list = 0;
    /// The call that restart_syscall goes on with (nanosleep, poll, futex after a stop), and what
    /// it has to know.
    struct RestartBlock {
        std::uint64_t number = 0;
        std::array<std::uint64_t, 4> words{};
    };
    RestartBlock restart;

    /// None for process 1, which is the server itself.
    ThreadHandle thread;
    /// The answer the kernel waits for; none while the task runs its own code, and while its call
    /// is answered by the loop that received it.
    ReplyHandle reply;
    base::Link process_link;
    Task* next_dead = nullptr;

    /// Signals that it must take before it goes on. (Every call asks for these two: they are
    /// inline, in process.hpp.)
    SignalSet deliverable() const;
    /// Nothing is to be done on its way out but to answer.
    bool goes_straight_home() const;

    ProgramSpace& memory() const;
    System& system() const;
    Environment& environment() const;
    Identity const& identity() const;
};

} // namespace personality

#pragma once
// A task: one thread of a program, as programs count them (its tid), and as the kernel has it.

#include <servers/linux/call.hpp>
#include <servers/linux/fs/ref.hpp>
#include <servers/linux/identity.hpp>
#include <servers/linux/machine/machine.hpp>
#include <servers/linux/signal/pending.hpp>
#include <servers/linux/signal/signal.hpp>
#include <servers/linux/user_memory.hpp>

#include <base/list.hpp>

#include <array>
#include <cstdint>

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
    std::uint32_t flags = 2; ///< SS_DISABLE
};

class Task {
public:
    Task(Process& process, Pid tid);
    ~Task();
    Task(Task const&) = delete;
    Task& operator=(Task const&) = delete;

    Process& process;
    Pid const tid;
    std::array<char, 16> name{}; ///< comm, zero-terminated

    Call call{*this};
    /// Where the task stands: in a call of ours, stopped, or in its own code.
    enum class State : std::uint8_t {
        running, ///< in its own code, or about to be
        blocked, ///< in a call that waits
        stopped, ///< by a stop signal, on its way out of a call or kick
        ended
    };
    State state = State::running;

    Ref<DescriptorTable> descriptors;
    Ref<FileContext> place;

    SignalSet blocked_signals;
    /// The mask to go back to when a call that changed it for its own time (rt_sigsuspend, ppoll)
    /// has been interrupted.
    SignalSet saved_signals;
    bool restore_signals = false;
    PendingSignals pending;
    SignalStack signal_stack;

    UserAddress clear_child_tid = 0;
    UserAddress robust_list = 0;
    /// The call that restart_syscall goes on with (nanosleep, poll after a stop), and its progress.
    std::uint64_t restart_number = 0;
    std::array<std::uint64_t, 6> restart_progress{};

    ThreadHandle thread;
    /// The answer the kernel waits for; none while the task runs its own code.
    ReplyHandle reply;
    base::Link process_link;

    ProgramSpace& memory() const;
    System& system() const;
    Environment& environment() const;
    Identity const& identity() const;
};

} // namespace personality

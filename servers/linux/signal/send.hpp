#pragma once
// Sending signals: what is dropped, what waits, who is woken or kicked.

#include <servers/linux/errno.hpp>
#include <servers/linux/signal/signal.hpp>

namespace personality {

class Process;
class Task;

enum class DefaultAction : std::uint8_t { terminate, core, ignore, stop, resume };
DefaultAction default_action(Signal signal);

/// To a process: any of its tasks takes it. EAGAIN: a real-time signal found no room.
Result<> send_signal(Process& process, SignalInfo const& info);
/// To one task.
Result<> send_signal(Task& task, SignalInfo const& info);
/// What became of the signal of a timer.
enum class Sent : std::uint8_t { waits, ignored, lost };
/// The signal of a timer, to the process or to `task` of it.
Sent send_timer_signal(Process& process, Task* task, SignalInfo const& info);
/// The next signal of `from` that is there for the task or its process. A timer whose signal is
/// taken is set again.
SignalInfo take_signal(Task& task, SignalSet from);
/// A signal that the task's own doing caused (a fault, SIGPIPE): it can't be ignored away; a task
/// that blocks or ignores a fault's signal is ended by it.
void force_signal(Task& task, SignalInfo const& info);
/// The kernel's word to a task, e.g. SIGPIPE.
void send_own_signal(Task& task, Signal signal);

/// After masks or handlers changed, or a task has gone: wake the tasks that have something to take
/// now.
void look_for_signals(Process& process);

} // namespace personality

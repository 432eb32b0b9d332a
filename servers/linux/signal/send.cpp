#include <servers/linux/signal/send.hpp>

#include <servers/linux/process/end.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/system.hpp>

namespace personality {

DefaultAction default_action(Signal signal) {
    switch (signal) {
    case Signal::chld:
    case Signal::urg:
    case Signal::winch: return DefaultAction::ignore;
    case Signal::cont: return DefaultAction::resume;
    case Signal::stop:
    case Signal::tstp:
    case Signal::ttin:
    case Signal::ttou: return DefaultAction::stop;
    case Signal::quit:
    case Signal::ill:
    case Signal::trap:
    case Signal::abrt:
    case Signal::bus:
    case Signal::fpe:
    case Signal::segv:
    case Signal::xcpu:
    case Signal::xfsz:
    case Signal::sys: return DefaultAction::core;
    default: return DefaultAction::terminate;
    }
}

namespace {

bool ignored(Process& process, Signal signal) {
    auto const& action = (*process.handlers)[signal];
    if (action.ignores()) return true;
    if (!action.is_default()) return false;
    auto const what = default_action(signal);
    return what == DefaultAction::ignore || what == DefaultAction::resume;
}

void discard_everywhere(Process& process, SignalSet signals) {
    process.pending.discard(signals);
    for (auto& task : process.tasks) task.pending.discard(signals);
}

/// Make a task look at its signals: soon, wherever it is.
void rouse(Task& task) {
    System& system = task.system();
    if (&task == system.current) return; // it looks before it leaves
    if (task.state == Task::State::blocked) {
        system.ready.push(task.call);
    } else if (task.state == Task::State::running && task.thread && !task.kicked) {
        task.kicked = true;
        system.machine.kick(task.thread);
    }
}

/// What a signal does by being sent, whoever takes it. False: it is dropped.
bool prepare(Process& process, SignalInfo const& info) {
    if (process.state == Process::State::zombie || process.ending) return false;
    if (process.init()) {
        // The signals by which `poweroff`, `halt` and `reboot` ask an init.
        bool const stop = info.signal == Signal::usr1 || info.signal == Signal::usr2 ||
                          info.signal == Signal::term;
        if (stop && info.code <= 0) process.system.machine.power_off(0);
        return false; // no other has a meaning to it
    }
    if (stopping.has(info.signal)) {
        discard_everywhere(process, SignalSet::of(Signal::cont));
    } else if (info.signal == Signal::cont) {
        discard_everywhere(process, stopping);
        continue_process(process);
    } else if (info.signal == Signal::kill) {
        end_process(process, static_cast<std::int32_t>(Signal::kill));
        return false;
    }
    return true;
}

Sent send(Process& process, Task* task, SignalInfo const& info) {
    if (!prepare(process, info)) return Sent::ignored;
    // What is ignored is dropped, unless it is blocked: then the handler may still be set. A
    // sigtimedwait for it counts as blocking.
    bool blocked = task != nullptr && task->blocked_signals.has(info.signal);
    if (task == nullptr) {
        blocked = true;
        for (auto& each : process.tasks) {
            if (each.state != Task::State::ended && !each.blocked_signals.has(info.signal))
                blocked = false;
        }
    }
    if (!blocked && ignored(process, info.signal)) return Sent::ignored;

    auto& pending = task != nullptr ? task->pending : process.pending;
    auto const limit = process.limits.soft(Limit::sigpending);
    if (!pending.add(info, process.account.get(), limit)) return Sent::lost;
    process.handlers->arrivals.wake_all();

    if (task != nullptr) {
        if (!task->blocked_signals.has(info.signal) || task->waits_for.has(info.signal))
            rouse(*task);
        return Sent::waits;
    }
    // One task that can take it is enough; who waits for it by name goes first.
    Task* chosen = nullptr;
    for (auto& each : process.tasks) {
        if (each.state == Task::State::ended) continue;
        if (each.waits_for.has(info.signal)) {
            chosen = &each;
            break;
        }
        if (!each.blocked_signals.has(info.signal) &&
            (chosen == nullptr || each.state == Task::State::blocked))
            chosen = chosen != nullptr && chosen->state == Task::State::blocked ? chosen : &each;
    }
    if (chosen != nullptr) rouse(*chosen);
    return Sent::waits;
}

} // namespace

Result<> send_signal(Process& process, SignalInfo const& info) {
    if (send(process, nullptr, info) == Sent::lost) return fail(Errno::again);
    return {};
}

Result<> send_signal(Task& task, SignalInfo const& info) {
    if (task.state == Task::State::ended) return {};
    if (send(task.process, &task, info) == Sent::lost) return fail(Errno::again);
    return {};
}

Sent send_timer_signal(Process& process, Task* task, SignalInfo const& info) {
    return send(process, task, info);
}

SignalInfo take_signal(Task& task, SignalSet from) {
    Process& process = task.process;
    SignalInfo info = task.pending.take(from);
    if (info.signal == Signal::none) info = process.pending.take(from);
    if (info.timer != 0) process.timers.signal_taken(info);
    if (info.signal == Signal::alrm) process.itimers.alarm_taken();
    return info;
}

void force_signal(Task& task, SignalInfo const& info) {
    auto& action = (*task.process.handlers)[info.signal];
    if (task.blocked_signals.has(info.signal) || action.ignores()) {
        action = {};
        task.blocked_signals.remove(info.signal);
    }
    task.pending.add(info);
    rouse(task);
}

void send_own_signal(Task& task, Signal signal) {
    static_cast<void>(send_signal(task, {.signal = signal, .code = signal_code::kernel}));
}

void look_for_signals(Process& process) {
    for (auto& task : process.tasks) {
        if (task.state != Task::State::ended && !task.deliverable().empty()) rouse(task);
    }
}

} // namespace personality

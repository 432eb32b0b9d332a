// Handlers, masks, waiting for signals, sending them.

#include <servers/linux/dispatch.hpp>
#include <servers/linux/handlers.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/signal/alternate_stack.hpp>
#include <servers/linux/signal/frame.hpp>
#include <servers/linux/signal/permission.hpp>
#include <servers/linux/signal/send.hpp>
#include <servers/linux/system.hpp>
#include <servers/linux/time/time_words.hpp>

namespace personality::calls {

namespace {

constexpr std::uint64_t mask_bytes = 8;

Signal signal_arg(std::uint64_t value) {
    auto const number = static_cast<std::uint32_t>(value);
    return number <= signal_count ? static_cast<Signal>(number) : static_cast<Signal>(~0U);
}
bool valid(Signal signal) { return static_cast<std::uint32_t>(signal) <= signal_count; }

/// A mask for the time of one call: put back at its end, or by the handler's return.
void set_for_this_call(Task& task, SignalSet mask) {
    task.saved_signals = task.blocked_signals;
    task.restore_signals = true;
    task.blocked_signals = mask & ~unblockable;
}

SignalInfo from_user(Task const& task, Signal signal, std::int32_t code) {
    return {
        .signal = signal, .code = code, .pid = task.process.pid, .uid = task.process.identity.uid};
}

/// A process by its number, or by that of any of its threads.
Process* process_of_number(Task const& asking, Pid id) {
    auto& tasks = asking.system().tasks;
    if (auto* const process = tasks.process(id)) return process;
    auto* const task = tasks.task(id);
    return task != nullptr ? &task->process : nullptr;
}

Outcome signal_task(Call& call, Pid group, Pid tid, Signal signal, SignalInfo const& info) {
    if (tid <= 0 || (group != -1 && group <= 0) || !valid(signal)) return Errno::inval;
    Task* target = call.task.system().tasks.task(tid);
    if (target == nullptr || target->state == Task::State::ended) return Errno::srch;
    if (group != -1 && target->process.pid != group) return Errno::srch;
    if (!may_signal(call.task, target->process, signal)) return Errno::perm;
    if (signal == Signal::none) return 0;
    return send_signal(*target, info);
}

} // namespace

Outcome rt_sigaction(Call& call) {
    Task& task = call.task;
    Signal const signal = signal_arg(call.args[0]);
    if (call.args[3] != mask_bytes) return Errno::inval;
    if (!valid(signal) || signal == Signal::none) return Errno::inval;
    auto& action = (*task.process.handlers)[signal];
    SignalAction const old = action;
    if (call.args[1] != 0) {
        auto wanted = TRY(task.memory().load<SignalAction>(call.args[1]));
        if (unblockable.has(signal)) return Errno::inval;
        wanted.mask &= ~unblockable.bits();
        wanted.flags &= SignalAction::known;
        action = wanted;
        bool const drops = action.ignores() || (action.is_default() &&
                                                (default_action(signal) == DefaultAction::ignore ||
                                                 default_action(signal) == DefaultAction::resume));
        if (drops) {
            task.process.pending.discard(SignalSet::of(signal));
            for (auto& each : task.process.tasks) each.pending.discard(SignalSet::of(signal));
        }
    }
    if (call.args[2] != 0) TRY(task.memory().store(call.args[2], old));
    return 0;
}

Outcome rt_sigprocmask(Call& call) {
    Task& task = call.task;
    if (call.args[3] != mask_bytes) return Errno::inval;
    SignalSet const old = task.blocked_signals;
    if (call.args[1] != 0) {
        SignalSet const set(TRY(task.memory().load<std::uint64_t>(call.args[1])));
        constexpr int block = 0, unblock = 1, assign = 2;
        switch (static_cast<int>(call.args[0])) {
        case block: task.blocked_signals = old | (set & ~unblockable); break;
        case unblock: task.blocked_signals = old & ~set; break;
        case assign: task.blocked_signals = set & ~unblockable; break;
        default: return Errno::inval;
        }
        // What it was to take and now keeps out is for the others of its process.
        auto const kept_out = task.blocked_signals & ~old & task.process.pending.set();
        if (!kept_out.empty()) look_for_signals(task.process);
    }
    if (call.args[2] != 0) TRY(task.memory().store(call.args[2], old.bits()));
    return 0;
}

Outcome rt_sigpending(Call& call) {
    Task& task = call.task;
    if (call.args[1] > mask_bytes) return Errno::inval;
    std::uint64_t const set =
        ((task.pending.set() | task.process.pending.set()) & task.blocked_signals).bits();
    return task.memory().copy_out(call.args[0],
                                  std::as_bytes(std::span(&set, 1)).first(call.args[1]));
}

Outcome rt_sigsuspend(Call& call) {
    Task& task = call.task;
    if (call.args[1] != mask_bytes) return Errno::inval;
    if (call.first) {
        SignalSet const mask(TRY(task.memory().load<std::uint64_t>(call.args[0])));
        set_for_this_call(task, mask);
        if (!task.deliverable().empty()) return Errno::restart_no_hand;
    }
    return call.block(Errno::restart_no_hand);
}

Outcome pause(Call& call) { return call.block(Errno::restart_no_hand); }

Outcome rt_sigtimedwait(Call& call) {
    Task& task = call.task;
    if (call.args[3] != mask_bytes) return Errno::inval;
    if (call.first) {
        SignalSet const set(TRY(task.memory().load<std::uint64_t>(call.args[0])));
        task.waits_for = set & ~unblockable;
        if (call.args[2] != 0) {
            auto const wait = TRY(task.memory().load<TimeSpec>(call.args[2]));
            auto const ns = wait.ns();
            if (!ns) {
                task.waits_for = {};
                return ns.error();
            }
            call.deadline = add(task.system().now(), *ns);
        }
    }
    SignalSet const wanted = task.waits_for;
    SignalInfo const info = take_signal(task, wanted);
    if (info.signal == Signal::none) {
        bool const poll = call.first && call.deadline <= task.system().now();
        if (!poll && !call.expired && !call.interrupted) return Outcome::blocked();
        task.waits_for = {};
        return call.interrupted ? Errno::intr : Errno::again;
    }
    task.waits_for = {};
    if (call.args[1] != 0) TRY(task.memory().store(call.args[1], encode(info)));
    return static_cast<std::uint32_t>(info.signal);
}

Outcome rt_sigreturn(Call& call) {
    Task& task = call.task;
    Registers& registers = registers_of(task);
    auto const back = pop_frame(task.memory(), registers);
    if (!back) {
        force_signal(task, {.signal = Signal::segv, .code = signal_code::kernel});
        return 0;
    }
    task.blocked_signals = back->mask & ~unblockable;
    // One that makes no sense changes nothing.
    static_cast<void>(set_alternate(task, back->alternate, registers.file.rsp));
    return Outcome::registers();
}

Outcome sigaltstack(Call& call) {
    Task& task = call.task;
    auto const old = alternate_words(task.signal_stack, call.stack_pointer);
    if (call.args[0] != 0) {
        auto const wanted = TRY(task.memory().load<SignalStackWords>(call.args[0]));
        TRY(set_alternate(task, wanted, call.stack_pointer));
    }
    if (call.args[1] != 0) TRY(task.memory().store(call.args[1], old));
    return 0;
}

Outcome kill(Call& call) {
    Task& task = call.task;
    auto const id = static_cast<Pid>(call.args[0]);
    Signal const signal = signal_arg(call.args[1]);
    if (!valid(signal)) return Errno::inval;
    auto& tasks = task.system().tasks;
    auto const info = from_user(task, signal, signal_code::user);
    if (id > 0) {
        auto* const process = process_of_number(task, id);
        if (process == nullptr) return Errno::srch;
        if (!may_signal(task, *process, signal)) return Errno::perm;
        return signal == Signal::none ? Outcome(0) : Outcome(send_signal(*process, info));
    }
    if (id == INT32_MIN) return Errno::srch;
    Pid const group = id == 0 ? task.process.group->id : -id;
    bool found = false, allowed = false;
    for (auto* process = tasks.first(); process != nullptr;) {
        auto* next = process->next_process;
        bool const member = id == -1 ? process->pid > 1 && process != &task.process
                                     : process->group && process->group->id == group;
        if (member) {
            found = true;
            if (may_signal(task, *process, signal)) {
                allowed = true;
                if (signal != Signal::none) static_cast<void>(send_signal(*process, info));
            }
        }
        process = next;
    }
    if (!found) return Errno::srch;
    if (!allowed) return Errno::perm;
    return task.state == Task::State::ended ? Outcome::gone() : Outcome(0);
}

Outcome tkill(Call& call) {
    Signal const signal = signal_arg(call.args[1]);
    return signal_task(call, -1, static_cast<Pid>(call.args[0]), signal,
                       from_user(call.task, signal, signal_code::tkill));
}

Outcome tgkill(Call& call) {
    Signal const signal = signal_arg(call.args[2]);
    return signal_task(call, static_cast<Pid>(call.args[0]), static_cast<Pid>(call.args[1]), signal,
                       from_user(call.task, signal, signal_code::tkill));
}

Outcome rt_sigqueueinfo(Call& call) {
    Task& task = call.task;
    auto const pid = static_cast<Pid>(call.args[0]);
    Signal const signal = signal_arg(call.args[1]);
    auto info = decode(TRY(task.memory().load<SignalInfoBytes>(call.args[2])));
    info.signal = signal;
    if (!valid(signal)) return Errno::inval;
    auto* const process = process_of_number(task, pid);
    if ((info.code >= 0 || info.code == signal_code::tkill) && process != &task.process)
        return Errno::perm;
    if (process == nullptr) return Errno::srch;
    if (!may_signal(task, *process, signal)) return Errno::perm;
    return signal == Signal::none ? Outcome(0) : Outcome(send_signal(*process, info));
}

Outcome rt_tgsigqueueinfo(Call& call) {
    Signal const signal = signal_arg(call.args[2]);
    auto info = decode(TRY(call.task.memory().load<SignalInfoBytes>(call.args[3])));
    info.signal = signal;
    auto const group = static_cast<Pid>(call.args[0]);
    if ((info.code >= 0 || info.code == signal_code::tkill) && group != call.task.process.pid)
        return Errno::perm;
    return signal_task(call, group, static_cast<Pid>(call.args[1]), signal, info);
}

} // namespace personality::calls

#include <servers/linux/signal/deliver.hpp>

#include <servers/linux/dispatch.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/end.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/signal/alternate_stack.hpp>
#include <servers/linux/signal/frame.hpp>
#include <servers/linux/signal/restart.hpp>
#include <servers/linux/signal/send.hpp>
#include <servers/linux/system.hpp>

#include <new>
#include <utility>

namespace personality {

namespace {

constexpr std::uint64_t syscall_instruction_bytes = 2, red_zone = 128;

/// Make the handler run next. False: there is no stack for it.
bool enter_handler(Task& task, SignalInfo const& info, SignalAction const& action,
                   Registers& registers) {
    auto& alternate = task.signal_stack;
    bool const inside = on_alternate(alternate, registers.file.rsp);
    bool const enters = action.has(SignalAction::on_stack) && alternate.size != 0 && !inside;
    UserAddress const stack =
        enters ? alternate.base + alternate.size : registers.file.rsp - red_zone;
    // A frame that does not fit on it must not spoil what lies below.
    UserAddress const lowest = enters || inside ? alternate.base : 0;
    SignalStackWords const words{
        .base = alternate.base, .flags = alternate.flags, .padding = 0, .size = alternate.size};
    if ((alternate.flags & stack_flag::auto_disarm) != 0)
        alternate = {.flags = stack_flag::disabled};

    SignalSet const mask = task.restore_signals ? task.saved_signals : task.blocked_signals;
    FaultWords const fault = std::exchange(task.fault, {});
    if (!action.has(SignalAction::restorer_set)) return false;
    if (!push_frame(task.memory(), registers, action, info, mask, words, stack, fault, lowest))
        return false;
    task.restore_signals = false;
    task.blocked_signals = task.blocked_signals | (SignalSet(action.mask) & ~unblockable);
    if (!action.has(SignalAction::no_defer)) task.blocked_signals.add(info.signal);
    return true;
}

/// The registers of a task that stops on its way out; the system's own are for the next one.
bool keep(Task& task, Registers const& registers) {
    task.kept.reset(new (std::nothrow) Registers(registers));
    return task.kept != nullptr;
}

void set_result(Registers& registers, Task& task, Outcome outcome, bool handler_restarts) {
    switch (restart_with_handler(outcome, handler_restarts)) {
    case Restart::again:
        registers.file.rip -= syscall_instruction_bytes;
        registers.file.rax = task.call.number;
        break;
    case Restart::eintr:
        registers.file.rax = static_cast<std::uint64_t>(Outcome(Errno::intr).value());
        break;
    default: registers.file.rax = static_cast<std::uint64_t>(outcome.value()); break;
    }
}

} // namespace

Delivery deliver_signals(Task& task, Outcome outcome) {
    Process& process = task.process;
    // Once a handler was entered, the registers hold everything, the call's result included.
    bool in_registers = outcome.is_registers();
    for (;;) {
        if (task.state == Task::State::ended || process.ending) return Delivery::gone;
        if (process.state == Process::State::stopped) {
            task.outcome = in_registers ? Outcome::registers() : outcome;
            if (in_registers && !keep(task, registers_of(task))) {
                end_process(process, static_cast<std::int32_t>(Signal::kill));
                return Delivery::gone;
            }
            return Delivery::stopped;
        }
        if (task.kept) {
            registers_of(task) = *task.kept;
            task.kept = {};
        }

        SignalSet const mine = ~task.blocked_signals;
        SignalInfo const info = take_signal(task, mine);
        if (info.signal == Signal::none) break;

        auto& slot = (*process.handlers)[info.signal];
        SignalAction const action = slot;
        if (action.ignores()) continue;
        if (action.is_default()) {
            switch (default_action(info.signal)) {
            case DefaultAction::ignore:
            case DefaultAction::resume: continue;
            case DefaultAction::stop:
                // A terminal's stop would never end for an orphaned group.
                if (info.signal != Signal::stop && process.group->orphaned()) continue;
                stop_process(process, static_cast<std::int32_t>(info.signal));
                continue;
            case DefaultAction::terminate:
            case DefaultAction::core:
                end_process(process, static_cast<std::int32_t>(info.signal));
                return Delivery::gone;
            }
        }
        if (action.has(SignalAction::reset_hand)) slot = {};
        Registers& registers = registers_of(task);
        if (!in_registers && task.in_call)
            set_result(registers, task, outcome, action.has(SignalAction::restart));
        in_registers = true;
        if (!enter_handler(task, info, action, registers)) {
            // No room for the frame: SIGSEGV, and if that can't be handled either, the end.
            if (info.signal == Signal::segv) (*process.handlers)[Signal::segv] = {};
            force_signal(task, {.signal = Signal::segv, .code = signal_code::kernel});
        }
    }

    if (in_registers) return Delivery::registers;
    if (task.restore_signals) {
        task.blocked_signals = task.saved_signals;
        task.restore_signals = false;
        // The old mask may let through what the call kept out.
        if (!task.deliverable().empty()) return deliver_signals(task, outcome);
    }
    task.outcome = outcome;
    if (!task.in_call) return Delivery::result;
    switch (restart_without_handler(outcome)) {
    case Restart::again: return Delivery::again;
    case Restart::block: return Delivery::block;
    default: return Delivery::result;
    }
}

void relieve_memory(System& system, Task& asking) {
    // As Linux weighs them: a thousandth of all memory for each point of oom_score_adj; -1000 is
    // out.
    auto const total = static_cast<std::int64_t>(system.environment.frames.total());
    auto const weight = [=](Process const& process) {
        return static_cast<std::int64_t>(process.memory->resident()) +
               process.oom_score_adjustment * total / 1000;
    };
    Process* largest = nullptr;
    for (auto* process = system.tasks.first(); process; process = process->next_process) {
        if (!process->memory || process->init() || process->state == Process::State::zombie)
            continue;
        if (process->oom_score_adjustment == Process::never_when_short) continue;
        if (largest == nullptr || weight(*process) > weight(*largest)) largest = process;
    }
    if (largest == nullptr) largest = &asking.process;
    system.machine.log("out of memory: ending the largest program\n");
    end_process(*largest, static_cast<std::int32_t>(Signal::kill));
}

} // namespace personality

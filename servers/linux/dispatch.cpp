#include <servers/linux/dispatch.hpp>

#include <servers/linux/call_table.hpp>
#include <servers/linux/process/end.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/signal/deliver.hpp>
#include <servers/linux/signal/send.hpp>
#include <servers/linux/system.hpp>

#include <cstring>
#include <utility>

namespace personality {

namespace {

/// Calls that come back to life by themselves too often are given up (nobody but a bug does that).
constexpr int most_restarts = 64;

/// Run the task's call, and see to what follows from its outcome.
Answer run_call(Task& task);

Answer held(Task& task, Task::State state) {
    task.state = state;
    task.process.system.processors.rests(task);
    return {.kind = Answer::Kind::held};
}

/// The way out, with what the call, fault or kick came to.
Answer leave(Task& task, Outcome outcome) {
    for (int restarts = 0;; restarts++) {
        auto const delivered = deliver_signals(task, outcome);
        switch (delivered) {
        case Delivery::gone: return {.kind = Answer::Kind::gone};
        case Delivery::stopped: return held(task, Task::State::stopped);
        case Delivery::registers:
            return {.kind = Answer::Kind::registers,
                    .registers = &task.system().registers,
                    .clear_kick = std::exchange(task.kicked, false)};
        case Delivery::result:
            return {.kind = Answer::Kind::result,
                    .value = task.outcome.value(),
                    .clear_kick = std::exchange(task.kicked, false)};
        case Delivery::again:
        case Delivery::block: break;
        }
        if (restarts == most_restarts) {
            outcome = Errno::intr;
            continue;
        }
        // Made again here, without a round trip through the program.
        auto number = task.call.number;
        auto const arguments = task.call.args;
        if (delivered == Delivery::block) number = call_number::restart_syscall;
        task.call.reset(number);
        task.call.args = arguments;
        return run_call(task);
    }
}

Answer run_call(Task& task) {
    Call& call = task.call;
    System& system = task.process.system;
    Outcome outcome = 0;
    bool waited = false;
    for (;;) {
        waited = !call.first;
        call.interrupted = !(task.deliverable() & ~task.waits_for).empty();
        call.expired = call.deadline != never && system.now() >= call.deadline;
        bool const knew = call.interrupted;
        outcome = run_handler(call);
        if (outcome.is_gone() || task.state == Task::State::ended)
            return {.kind = Answer::Kind::gone};
        call.first = false;
        if (!outcome.is_blocked()) break;
        // A signal that the call itself caused (SIGTTIN to its own group) interrupts it now.
        if (knew || task.deliverable().empty()) {
            // What stops a process holds also who waits: it is looked at when the wait ends.
            task.counts.waits++;
            if (call.deadline != never) system.alarms.set(task.deadline, call.deadline);
            return held(task, Task::State::blocked);
        }
        call.unwatch();
    }
    call.unwatch();
    if (waited) { // only who waits has set them
        task.deadline.cancel();
        task.cpu_deadline.cancel();
    }
    if (call.held[0] || call.held[1]) call.held = {};
    if (!task.goes_straight_home()) return leave(task, outcome);
    if (outcome.is_registers())
        return {.kind = Answer::Kind::registers, .registers = &system.registers};
    if (outcome.value() <= -512 && outcome.value() >= -516) return leave(task, outcome);
    return {.kind = Answer::Kind::result, .value = outcome.value()};
}

class Serving {
public:
    explicit Serving(Task& task) : system_(task.process.system) {
        system_.current = &task;
        if (task.state == Task::State::running) [[likely]]
            return;
        task.state = Task::State::running;
        system_.processors.runs(task);
    }
    ~Serving() {
        system_.current = nullptr;
        system_.registers_of = nullptr;
    }

private:
    System& system_;
};

/// What an unmasked exception of floating point was: of the old unit, or of SSE.
std::int32_t float_code(Registers const& registers, bool old_unit) {
    std::uint16_t control = 0, status = 0;
    std::uint32_t sse = 0; // MXCSR: flags, and above them their masks
    std::memcpy(&control, registers.extended, sizeof control);
    std::memcpy(&status, registers.extended + 2, sizeof status);
    std::memcpy(&sse, registers.extended + 24, sizeof sse);
    std::uint32_t const raised = old_unit ? status & ~std::uint32_t{control} : sse & ~(sse >> 7);
    if ((raised & 1) != 0) return signal_code::fpe_fltinv;
    if ((raised & 4) != 0) return signal_code::fpe_fltdiv;
    if ((raised & 8) != 0) return signal_code::fpe_fltovf;
    if ((raised & 0x12) != 0) return signal_code::fpe_fltund;
    return (raised & 0x20) != 0 ? signal_code::fpe_fltres : 0;
}

/// The end of serving something that is no call: signals first, then on at the same place.
Answer leave_fault(Task& task) {
    if (task.goes_straight_home()) return {.kind = Answer::Kind::result, .value = 0};
    return leave(task, 0);
}

void send(Task& task, Answer const& answer) {
    Machine& machine = task.system().machine;
    if (answer.kind == Answer::Kind::held || answer.kind == Answer::Kind::gone) return;
    task.system().processors.before_going_on(task);
    ReplyHandle const reply = std::exchange(task.reply, {});
    if (answer.kind == Answer::Kind::registers)
        machine.answer(reply, *answer.registers, answer.clear_kick);
    else
        machine.answer(reply, answer.value, answer.clear_kick);
}

} // namespace

Registers& registers_of(Task& task) {
    System& system = task.system();
    if (system.registers_of != &task) {
        if (task.thread) system.machine.read(task.thread, system.registers);
        system.registers_of = &task;
    }
    return system.registers;
}

Registers& fresh_registers(Task& task) {
    System& system = task.system();
    system.registers_of = &task;
    system.registers.file = {};
    clear_extended(system.registers);
    return system.registers;
}

Answer serve_call(Task& task, std::uint64_t number, std::array<std::uint64_t, 6> const& arguments,
                  std::uint64_t stack_pointer) {
    Serving const serving(task);
    task.in_call = true;
    task.call.reset(number);
    task.call.args = arguments;
    task.call.stack_pointer = stack_pointer;
    return run_call(task);
}

Answer serve_fault(Task& task, std::uint64_t address, std::uint64_t how) {
    Serving const serving(task);
    task.in_call = false;
    auto const wanted = (how & abi::fault_access::write) != 0     ? access::write
                        : (how & abi::fault_access::execute) != 0 ? access::execute
                                                                  : access::read;
    task.counts.faults++;
    auto const run = task.memory().fault(address, wanted);
    if (run) {
        if (task.goes_straight_home()) return {.kind = Answer::Kind::mapping, .run = *run};
        if (task.memory().put(*run)) return leave(task, 0);
    }
    if (!run && run.error() == Errno::nomem) {
        relieve_memory(task.system(), task);
    } else if (!run) {
        bool const bus = run.error() == Errno::nxio || run.error() == Errno::io;
        bool const denied = run.error() == Errno::acces;
        constexpr std::uint64_t user_mode = 4, page_fault = 14;
        task.fault = {.error = (how & 0x13) | user_mode, .trap = page_fault, .address = address};
        force_signal(task, {.signal = bus ? Signal::bus : Signal::segv,
                            .code = bus      ? signal_code::bus_adrerr
                                    : denied ? signal_code::segv_accerr
                                             : signal_code::segv_maperr,
                            .value = address});
    }
    if (task.state == Task::State::ended) return {.kind = Answer::Kind::gone};
    return leave_fault(task);
}

Answer serve_exception(Task& task, std::uint64_t vector, std::uint64_t error,
                       std::uint64_t instruction) {
    Serving const serving(task);
    task.in_call = false;
    task.fault = {.error = error, .trap = vector, .address = 0};
    SignalInfo info{.signal = Signal::segv, .code = signal_code::kernel};
    switch (vector) {
    case 0:
        info = {.signal = Signal::fpe, .code = signal_code::fpe_intdiv, .value = instruction};
        break;
    case 1:
        info = {.signal = Signal::trap, .code = signal_code::trap_trace, .value = instruction};
        break;
    case 3: info = {.signal = Signal::trap, .code = signal_code::kernel}; break;
    case 6:
        info = {.signal = Signal::ill, .code = signal_code::ill_illopn, .value = instruction};
        break;
    case 11:
    case 12: info = {.signal = Signal::bus, .code = signal_code::kernel}; break;
    case 16:
    case 19:
        info = {.signal = Signal::fpe,
                .code = float_code(registers_of(task), vector == 16),
                .value = instruction};
        break;
    case 17: info = {.signal = Signal::bus, .code = signal_code::bus_adraln}; break;
    default: break; // general protection and its kin: SIGSEGV from the kernel
    }
    force_signal(task, info);
    return leave_fault(task);
}

Answer serve_kick(Task& task) {
    Serving const serving(task);
    task.in_call = false;
    task.kicked = false;
    return leave_fault(task);
}

void run_ready(System& system) {
    while (!system.ready.empty()) {
        Task& task = system.ready.pop().task;
        if (task.state == Task::State::blocked) {
            Serving const serving(task);
            task.in_call = true;
            send(task, run_call(task));
        } else if (task.state == Task::State::stopped) {
            Serving const serving(task);
            send(task, leave(task, task.outcome));
        }
        bury(system);
    }
}

} // namespace personality

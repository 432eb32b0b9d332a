// What programs ask of and set in a terminal.

#include <servers/linux/fs/ioctl.hpp>
#include <servers/linux/fs/terminal/terminal_file.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/process/task.hpp>
#include <servers/linux/system.hpp>

namespace personality {

namespace {

/// Wait until the output has left, as tcdrain and TCSADRAIN do.
Outcome drain(Call& call, Terminal& terminal) {
    terminal.pump();
    if (terminal.discipline().output().queue().empty() || terminal.hung_up()) return 0;
    if (auto const watched = call.watch(terminal.queue, poll_event::writable); !watched)
        return watched;
    return call.block(Errno::restart_sys);
}

template <class T>
Outcome set_termios(Call& call, Terminal& terminal, std::uint64_t argument, unsigned how) {
    auto const wanted = call.task.memory().load<T>(argument);
    if (!wanted) return wanted.error();
    if (how >= 1)
        if (auto const drained = drain(call, terminal); drained.value() != 0) return drained;
    if (how == 2) terminal.discipline().flush_input();
    if constexpr (requires { wanted->basic; })
        terminal.discipline().set_termios(wanted->basic);
    else
        terminal.discipline().set_termios(*wanted);
    // A reader may find more or less enough now, and stopped output may go on.
    terminal.queue.wake_all();
    terminal.pump();
    return 0;
}

Outcome flush(Terminal& terminal, std::uint64_t which) {
    if (which > 2) return Errno::inval;
    if (which != 1) terminal.discipline().flush_input();
    if (which != 0) terminal.discipline().flush_output();
    terminal.queue.wake_all(poll_event::writable);
    terminal.pump();
    return 0;
}

Outcome control_flow(Terminal& terminal, std::uint64_t action) {
    if (action > 3) return Errno::inval;
    if (action <= 1) terminal.discipline().stop(action == 0); // 2 and 3 are for the other side
    terminal.pump();
    return 0;
}

Outcome set_foreground(Call& call, Terminal& terminal, std::uint64_t argument) {
    auto const id = call.task.memory().load<std::int32_t>(argument);
    if (!id) return id.error();
    if (*id < 0) return Errno::inval;
    auto* const group = call.task.system().tasks.group(*id);
    if (group == nullptr) return Errno::srch;
    if (group->session.get() != terminal.session()) return Errno::perm;
    terminal.foreground = Ref(group);
    return 0;
}

bool changes_terminal(std::uint32_t command) {
    switch (command) {
    case ioctl::set_termios:
    case ioctl::set_termios_drained:
    case ioctl::set_termios_flushed:
    case ioctl::set_termios2:
    case ioctl::set_termios2_drained:
    case ioctl::set_termios2_flushed:
    case ioctl::set_group:
    case ioctl::send_break:
    case ioctl::send_break_posix:
    case ioctl::flow:
    case ioctl::flush: return true;
    default: return false;
    }
}

} // namespace

Outcome TerminalFile::ioctl(Call& call, std::uint32_t command, std::uint64_t argument) {
    auto& memory = call.task.memory();
    auto& process = call.task.process;
    bool const controlling = terminal_->controls(process);
    if (terminal_->hung_up()) return Errno::io;
    if (changes_terminal(command))
        if (auto const allowed = terminal_->check_background(call, Signal::ttou);
            allowed.is_error())
            return allowed;

    switch (command) {
    case ioctl::get_termios: return memory.store(argument, discipline().termios());
    case ioctl::get_termios2:
        return memory.store(argument, Termios2{discipline().termios(), 115200, 115200});
    case ioctl::set_termios:
    case ioctl::set_termios_drained:
    case ioctl::set_termios_flushed:
        return set_termios<Termios>(call, *terminal_, argument, command - ioctl::set_termios);
    case ioctl::set_termios2:
    case ioctl::set_termios2_drained:
    case ioctl::set_termios2_flushed:
        return set_termios<Termios2>(call, *terminal_, argument, command - ioctl::set_termios2);
    case ioctl::get_window: return memory.store(argument, terminal_->window());
    case ioctl::set_window: {
        auto const window = memory.load<WindowSize>(argument);
        if (!window) return window.error();
        terminal_->set_window(*window);
        return 0;
    }
    case ioctl::get_group:
        if (!controlling) return Errno::notty;
        return store_int(call, argument, terminal_->foreground ? terminal_->foreground->id : 0);
    case ioctl::set_group:
        if (!controlling) return Errno::notty;
        return set_foreground(call, *terminal_, argument);
    case ioctl::get_session:
        if (!controlling) return Errno::notty;
        return store_int(call, argument, terminal_->session()->id);
    case ioctl::make_controlling:
        return terminal_->acquire(process, argument == 1 && process.identity.euid == 0);
    case ioctl::give_up_terminal:
        if (!controlling) return Errno::notty;
        if (process.group->session->leader == &process) terminal_->give_up();
        return 0;
    case ioctl::bytes_readable:
        return store_int(call, argument, static_cast<std::int32_t>(discipline().pending()));
    case ioctl::bytes_to_write:
        return store_int(call, argument,
                         static_cast<std::int32_t>(discipline().output().queue().size()));
    case ioctl::flush: return flush(*terminal_, argument);
    case ioctl::flow: return control_flow(*terminal_, argument);
    case ioctl::send_break: // with an argument: wait for the output, which is all tcdrain is
    case ioctl::send_break_posix: return drain(call, *terminal_);
    case ioctl::exclusive:
    case ioctl::not_exclusive: return 0;
    case ioctl::insert_input: {
        auto const byte = memory.load<std::byte>(argument);
        if (!byte) return byte.error();
        if (!controlling && process.identity.euid != 0) return Errno::perm;
        terminal_->receive(std::span(&*byte, 1));
        return 0;
    }
    default: return Errno::notty;
    }
}

} // namespace personality

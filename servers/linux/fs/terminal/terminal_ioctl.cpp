// What programs ask of and set in a terminal.

#include <servers/linux/fs/ioctl.hpp>
#include <servers/linux/fs/terminal/pseudo_terminal.hpp>
#include <servers/linux/fs/terminal/terminal_file.hpp>
#include <servers/linux/fs/terminal/terminal_ioctl.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/process/task.hpp>
#include <servers/linux/system.hpp>

namespace personality {

namespace cc = control_character;

namespace {

/// Wait until the output has left, as tcdrain and TCSADRAIN do.
Outcome drain(Call& call, Terminal& terminal) {
    terminal.pump();
    if (terminal.discipline().output().queue().empty()) return 0;
    if (auto const watched = call.watch(terminal.queue, poll_event::writable); !watched)
        return watched;
    return call.block(Errno::restart_sys);
}

template <class T>
Outcome set_termios(Call& call, Terminal& terminal, std::uint64_t argument, unsigned how) {
    auto const given = call.task.memory().load<T>(argument);
    if (!given) return given.error();
    if (how >= 1)
        if (auto const drained = drain(call, terminal); drained.value() != 0) return drained;
    if (how == 2) terminal.flush_input();
    auto wanted = terminal.termios();
    if constexpr (requires { given->basic; })
        wanted = *given;
    else
        wanted.basic = *given;
    if (terminal.number.major == PseudoTerminals::slave_major) { // nothing else exists there
        constexpr auto size = control_flag::character_size | control_flag::parity;
        wanted.basic.control &= ~size;
        wanted.basic.control |= control_flag::eight_bits | control_flag::receiver;
    }
    terminal.set_termios(wanted);
    return 0;
}

Outcome flush(Terminal& terminal, std::uint64_t which) {
    constexpr std::uint64_t input = 0, output = 1, both = 2;
    if (which > both) return Errno::inval;
    if (which != output) terminal.flush_input();
    if (which != input) terminal.flush_output();
    return 0;
}

Outcome control_flow(Terminal& terminal, std::uint64_t action) {
    auto const& characters = terminal.discipline().termios().characters;
    switch (action) {
    case 0: terminal.stop(true); return 0;
    case 1: terminal.stop(false); return 0;
    case 2: // the other side is to stop sending, or to go on
    case 3: {
        auto const key = characters[action == 2 ? cc::stop : cc::start];
        if (key != 0) terminal.discipline().output().put_raw(key);
        terminal.pump();
        return 0;
    }
    default: return Errno::inval;
    }
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

/// What nobody in the background may do unasked.
bool changes_terminal(std::uint32_t command) {
    switch (command) {
    case ioctl::set_termios:
    case ioctl::set_termios_drained:
    case ioctl::set_termios_flushed:
    case ioctl::set_termios2:
    case ioctl::set_termios2_drained:
    case ioctl::set_termios2_flushed:
    case ioctl::set_group:
    case ioctl::set_discipline:
    case ioctl::send_break:
    case ioctl::send_break_posix:
    case ioctl::flow:
    case ioctl::flush: return true;
    default: return false;
    }
}

Outcome leave_terminal(Process& process, Terminal& terminal) {
    if (process.group->session->leader == &process)
        terminal.give_up();
    else
        process.left_terminal = true;
    return 0;
}

/// As Linux has it since 6.2: typing in somebody's name is for the mighty.
Outcome insert_input(Call& call, Terminal& terminal, std::uint64_t argument) {
    if (!call.task.identity().can(Identity::sys_admin)) return Errno::io;
    auto const byte = call.task.memory().load<std::byte>(argument);
    if (!byte) return byte.error();
    terminal.receive(std::span(&*byte, 1));
    terminal.pump();
    return 0;
}

/// Who controls the terminal, and who is in its foreground.
Outcome control(Call& call, Terminal& terminal, File const& by, std::uint32_t command,
                std::uint64_t argument, bool master) {
    auto& process = call.task.process;
    bool const controlling = terminal.controls(process);
    bool const mighty = process.identity.can(Identity::sys_admin);
    switch (command) {
    case ioctl::get_group:
        if (!controlling && !master) return Errno::notty;
        return store_int(call, argument, terminal.foreground ? terminal.foreground->id : 0);
    case ioctl::set_group:
        if (!controlling) return Errno::notty;
        return set_foreground(call, terminal, argument);
    case ioctl::get_session:
        if ((!controlling && !master) || terminal.session() == nullptr) return Errno::notty;
        return store_int(call, argument, terminal.session()->id);
    case ioctl::make_controlling:
        if (!by.readable() && !mighty) return Errno::perm;
        return terminal.acquire(process, argument == 1 && mighty);
    case ioctl::give_up_terminal:
        if (!controlling || master) return Errno::notty;
        return leave_terminal(process, terminal);
    case ioctl::hang_up:
        if (!mighty) return Errno::perm;
        terminal.hang_up();
        return 0;
    default: return Errno::notty;
    }
}

} // namespace

Outcome terminal_ioctl(Call& call, Terminal& terminal, File const& by, std::uint32_t command,
                       std::uint64_t argument, bool master) {
    auto& memory = call.task.memory();
    if (changes_terminal(command)) {
        auto const allowed = terminal.check_background(call, Signal::ttou);
        if (allowed.is(Errno::io) && command == ioctl::set_group) return Errno::notty;
        if (allowed.is_error()) return allowed;
    }
    switch (command) {
    case ioctl::get_termios: return memory.store(argument, terminal.discipline().termios());
    case ioctl::get_termios2: return memory.store(argument, terminal.termios());
    case ioctl::set_termios:
    case ioctl::set_termios_drained:
    case ioctl::set_termios_flushed:
        return set_termios<Termios>(call, terminal, argument, command - ioctl::set_termios);
    case ioctl::set_termios2:
    case ioctl::set_termios2_drained:
    case ioctl::set_termios2_flushed:
        return set_termios<Termios2>(call, terminal, argument, command - ioctl::set_termios2);
    case ioctl::get_window: return memory.store(argument, terminal.window());
    case ioctl::set_window: {
        auto const window = memory.load<WindowSize>(argument);
        if (!window) return window.error();
        terminal.set_window(*window);
        return 0;
    }
    case ioctl::bytes_readable:
        return store_int(call, argument,
                         static_cast<std::int32_t>(terminal.discipline().pending()));
    case ioctl::bytes_to_write:
        return store_int(call, argument,
                         static_cast<std::int32_t>(terminal.discipline().output().queue().size()));
    case ioctl::flush: return flush(terminal, argument);
    case ioctl::flow: return control_flow(terminal, argument);
    case ioctl::send_break: // with an argument: wait for the output, which is all tcdrain is
    case ioctl::send_break_posix: return drain(call, terminal);
    case ioctl::exclusive: terminal.exclusive = true; return 0;
    case ioctl::not_exclusive: terminal.exclusive = false; return 0;
    case ioctl::get_exclusive: return store_int(call, argument, terminal.exclusive ? 1 : 0);
    case ioctl::get_discipline: return store_int(call, argument, 0);
    case ioctl::set_discipline: {
        auto const wanted = memory.load<std::int32_t>(argument);
        if (!wanted) return wanted.error();
        return *wanted == 0 ? Outcome(0) : Errno::inval; // there is the usual one
    }
    case ioctl::get_device:
        return store_int(call, argument, static_cast<std::int32_t>(terminal.number.encoded()));
    case ioctl::insert_input: return insert_input(call, terminal, argument);
    default: return control(call, terminal, by, command, argument, master);
    }
}

Outcome TerminalFile::ioctl(Call& call, std::uint32_t command, std::uint64_t argument) {
    if (hung_up()) return command == ioctl::set_group ? Errno::notty : Errno::io;
    return terminal_ioctl(call, *terminal_, *this, command, argument, false);
}

} // namespace personality

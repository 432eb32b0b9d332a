#include <servers/linux/fs/terminal/terminal.hpp>

#include <servers/linux/call.hpp>
#include <servers/linux/fs/open_flags.hpp>
#include <servers/linux/fs/terminal/terminal_file.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/process/task.hpp>
#include <servers/linux/signal/handlers.hpp>
#include <servers/linux/signal/send.hpp>

namespace personality {

Ref<File> TerminalTransport::open_file(Location const& at, std::uint32_t flags,
                                       Ref<Terminal> terminal) {
    return make<TerminalFile>(at, flags, std::move(terminal));
}

Terminal::~Terminal() { give_up(); }

std::size_t Terminal::receive(std::span<std::byte const> bytes) {
    std::size_t taken = 0;
    while (taken < bytes.size() && discipline_.accepts()) {
        auto const key = std::to_integer<std::uint8_t>(bytes[taken++]);
        bool const was_stopped = discipline_.stopped();
        auto const signal = discipline_.receive(key);
        if (was_stopped != discipline_.stopped())
            tell(was_stopped ? terminal_event::started : terminal_event::stopped);
        if (signal == 0) continue;
        // The queues are flushed already, but not what the other side has fetched.
        if ((discipline_.termios().local & local_flag::no_flush) == 0)
            tell(terminal_event::input_flushed | terminal_event::output_flushed);
        signal_foreground(static_cast<Signal>(signal));
    }
    if (taken != 0) queue.wake_all(poll_event::readable | poll_event::writable);
    return taken;
}

void Terminal::output_taken() {
    if (discipline_.writable()) queue.wake_all(poll_event::writable);
}

void Terminal::set_window(WindowSize const& window) {
    if (window == window_) return;
    window_ = window;
    signal_foreground(Signal::winch);
}

void Terminal::hang_up() {
    hang_ups_++;
    discipline_.flush_input();
    discipline_.flush_output();
    discipline_.stop(false);
    exclusive = false;
    if (session_) {
        Ref<Session> const session = std::exchange(session_, nullptr);
        session->terminal = nullptr;
        // Who is in the foreground hears of it when the leader ends.
        session->former_foreground = std::exchange(foreground, nullptr);
        if (auto* const leader = session->leader) {
            static_cast<void>(send_signal(*leader, {.signal = Signal::hup}));
            static_cast<void>(send_signal(*leader, {.signal = Signal::cont}));
        } else {
            session->release_foreground();
        }
    }
    queue.wake_all();
}

Termios2 Terminal::termios() const {
    auto const& now = discipline_.termios();
    if ((now.control & control_flag::speed) == control_flag::other_speed)
        return {now, input_speed_, output_speed_};
    auto const speed = usual_speed(now.control);
    return {now, speed, speed};
}

void Terminal::set_termios(Termios2 const& wanted) {
    input_speed_ = wanted.input_speed, output_speed_ = wanted.output_speed;

    auto const flow_keys = [&] {
        auto const& now = discipline_.termios();
        return (now.input & input_flag::flow_control) != 0 &&
               now.characters[control_character::stop] == 0x13 &&
               now.characters[control_character::start] == 0x11;
    };
    bool const before = flow_keys(), was_stopped = discipline_.stopped();
    discipline_.set_termios(wanted.basic);
    if (was_stopped && !discipline_.stopped()) tell(terminal_event::started);
    if (before != flow_keys())
        tell(before ? terminal_event::no_flow_keys : terminal_event::flow_keys);
    // A reader may find more or less enough now, and stopped output may go on.
    queue.wake_all();
    pump();
}

void Terminal::flush_input() {
    discipline_.flush_input();
    tell(terminal_event::input_flushed);
    pump();
}

void Terminal::flush_output() {
    discipline_.flush_output();
    tell(terminal_event::output_flushed);
    queue.wake_all(poll_event::writable);
}

void Terminal::stop(bool stopped) {
    if (stopped == discipline_.stopped()) return;
    discipline_.stop(stopped);
    tell(stopped ? terminal_event::stopped : terminal_event::started);
    if (!stopped) queue.wake_all(poll_event::writable);
    pump();
}

void Terminal::signal_foreground(Signal signal) {
    Ref<ProcessGroup> const group = foreground;
    if (group) group->signal(signal);
}

bool Terminal::controls(Process const& process) const {
    return session_ && process.group && process.group->session == session_ &&
           !process.left_terminal;
}

Result<> Terminal::acquire(Process& process, bool steal) {
    auto const& theirs = process.group->session;
    if (session_ == theirs && theirs->leader == &process) return {};
    if (theirs->leader != &process || theirs->terminal != nullptr) return fail(Errno::perm);
    if (session_ && !steal) return fail(Errno::perm);
    if (session_) session_->terminal = nullptr;
    session_ = theirs;
    session_->terminal = this;
    foreground = process.group;
    return {};
}

void Terminal::give_up() {
    if (!session_) return;
    session_->terminal = nullptr;
    session_ = nullptr;
    auto const group = std::exchange(foreground, nullptr);
    if (!group) return;
    group->signal(Signal::hup);
    group->signal(Signal::cont);
}

Outcome Terminal::check_background(Call& call, Signal signal) {
    auto& process = call.task.process;
    if (!controls(process) || !foreground || process.group == foreground) return 0;
    bool const deaf =
        call.task.blocked_signals.has(signal) || (*process.handlers)[signal].ignores();
    if (deaf && signal == Signal::ttou) return 0;
    if (deaf || process.group->orphaned()) return Errno::io;
    Ref<ProcessGroup> const group = process.group;
    group->signal(signal);
    return Errno::restart_sys;
}

} // namespace personality

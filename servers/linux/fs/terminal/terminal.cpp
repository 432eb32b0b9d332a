#include <servers/linux/fs/terminal/terminal.hpp>

#include <servers/linux/call.hpp>
#include <servers/linux/fs/open_flags.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/process/task.hpp>
#include <servers/linux/signal/handlers.hpp>

namespace personality {

Terminal::~Terminal() { give_up(); }

std::size_t Terminal::receive(std::span<std::byte const> bytes) {
    std::size_t taken = 0;
    while (taken < bytes.size() && discipline_.accepts()) {
        auto const key = std::to_integer<std::uint8_t>(bytes[taken++]);
        auto const signal = discipline_.receive(key);
        if (signal != 0) signal_foreground(static_cast<Signal>(signal));
    }
    if (taken != 0) queue.wake_all(poll_event::readable | poll_event::writable);
    return taken;
}

void Terminal::output_taken() {
    if (discipline_.output().writable()) queue.wake_all(poll_event::writable);
}

void Terminal::set_window(WindowSize const& window) {
    if (window == window_) return;
    window_ = window;
    signal_foreground(Signal::winch);
}

void Terminal::hang_up() {
    hung_up_ = true;
    if (session_ && session_->leader != nullptr && session_->leader->group)
        session_->leader->group->signal(Signal::hup);
    signal_foreground(Signal::hup);
    signal_foreground(Signal::cont);
    queue.wake_all();
}

void Terminal::signal_foreground(Signal signal) {
    Ref<ProcessGroup> const group = foreground;
    if (group) group->signal(signal);
}

bool Terminal::controls(Process const& process) const {
    return session_ && process.group && process.group->session == session_ &&
           session_->terminal == this;
}

Result<> Terminal::acquire(Process& process, bool steal) {
    auto const& theirs = process.group->session;
    if (session_ == theirs) return {};
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

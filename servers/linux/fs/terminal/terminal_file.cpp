#include <servers/linux/fs/terminal/terminal_file.hpp>

#include <servers/linux/environment.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/process/task.hpp>

#include <algorithm>
#include <array>

namespace personality {

namespace cc = control_character;

Result<Ref<File>> TerminalFile::open(Ref<Terminal> terminal, OpenRequest const& request,
                                     bool may_control) {
    bool const mighty =
        request.task == nullptr || request.task->identity().can(Identity::sys_admin);
    if (terminal->exclusive && !mighty) return fail(Errno::busy);
    auto file = terminal->transport != nullptr
                    ? terminal->transport->open_file(request.at, request.flags, terminal)
                    : Ref<File>(make<TerminalFile>(request.at, request.flags, terminal));
    if (!file) return fail(Errno::nomem);
    // Who can't read from a terminal does not come under its control.
    bool const wanted =
        may_control && file->readable() && (request.flags & open_flag::no_terminal) == 0;
    if (wanted && request.task != nullptr && !terminal->session())
        static_cast<void>(terminal->acquire(request.task->process, false));
    return file;
}

/// Copy out what a read may have now.
Outcome TerminalFile::take(UserBuffer& to) {
    std::array<std::byte, 256> piece;
    bool const line = discipline().canonical();
    do {
        auto const most = std::min(piece.size(), to.remaining());
        auto const count = discipline().read(std::span(piece).first(most));
        auto const moved = to.copy_out(std::span(piece).first(count));
        if (!moved) return moved.error();
        // In canonical mode a read is one line, even where more are there.
        bool const ended = count < most || piece[count - 1] == std::byte{'\n'};
        if (*moved < count || (line && ended)) break;
    } while (to.remaining() != 0 && discipline().readable());
    terminal_->pump();
    return to.moved();
}

Outcome TerminalFile::wait_for_input(Call& call, std::size_t wanted) {
    auto const& characters = discipline().termios().characters;
    std::uint64_t const tenths = characters[cc::time];
    if (!discipline().canonical() && tenths != 0) {
        // With a minimum the time runs between bytes, without one from the call on. progress[1]:
        // what was there when the time last began, plus one.
        auto const begun = discipline().pending() + 1;
        bool const runs = wanted == 0 || begun > 1;
        if (runs && call.progress[1] != begun) {
            call.progress[1] = begun;
            call.deadline = call.task.environment().clock.monotonic() + tenths * 100'000'000;
            call.expired = false;
        }
    }
    if (nonblocking()) return Errno::again;
    if (auto const watched = call.watch(terminal_->queue, poll_event::readable); !watched)
        return watched;
    return call.block(Errno::restart_sys);
}

Outcome TerminalFile::read(Call& call, UserBuffer& to) {
    if (hung_up()) return 0;
    if (auto const allowed = terminal_->check_background(call, Signal::ttin); allowed.is_error())
        return allowed;
    if (to.remaining() == 0) return 0;
    if (discipline().canonical()) {
        if (!discipline().readable()) return wait_for_input(call, 1);
        return take(to);
    }
    auto const& characters = discipline().termios().characters;
    std::size_t const minimum = std::min<std::size_t>(characters[cc::minimum], to.remaining());
    auto const pending = discipline().pending();
    bool const timed_out = call.expired && characters[cc::time] != 0;
    bool const polling = minimum == 0 && characters[cc::time] == 0;
    bool const enough = pending >= std::max<std::size_t>(minimum, 1);
    if (enough || timed_out || polling || (nonblocking() && pending != 0)) return take(to);
    return wait_for_input(call, minimum);
}

Outcome TerminalFile::write(Call& call, UserBuffer& from) {
    // progress[0]: what earlier runs of this call have written; `from` stands behind it already.
    if (hung_up()) return Errno::io;
    if ((discipline().termios().local & local_flag::stop_background_output) != 0)
        if (auto const allowed = terminal_->check_background(call, Signal::ttou);
            allowed.is_error())
            return allowed;
    while (from.remaining() != 0) {
        auto const piece = from.next_readable();
        if (!piece) return call.progress[0] != 0 ? Outcome(call.progress[0]) : piece.error();
        if (piece->empty()) break;
        auto const done = discipline().write(*piece);
        from.advance(done);
        call.progress[0] += done;
        if (done == piece->size()) continue;
        terminal_->pump(); // it may make room at once
        if (discipline().writable()) continue;
        auto const soon =
            call.progress[0] != 0 ? Outcome(call.progress[0]) : Outcome(Errno::restart_sys);
        if (nonblocking()) return call.progress[0] != 0 ? soon : Errno::again;
        if (auto const watched = call.watch(terminal_->queue, poll_event::writable); !watched)
            return watched;
        return call.block(soon);
    }
    terminal_->pump();
    return call.progress[0];
}

std::uint32_t TerminalFile::ready() {
    if (hung_up())
        return poll_event::readable | poll_event::writable | poll_event::hang_up |
               poll_event::error;
    std::uint32_t events = 0;
    auto const& characters = discipline().termios().characters;
    bool const timed = characters[cc::time] != 0 || characters[cc::minimum] == 0;
    std::size_t const minimum = timed ? 1 : characters[cc::minimum];
    if (discipline().readable(minimum)) events |= poll_event::readable;
    if (discipline().writable()) events |= poll_event::writable;
    return events;
}

} // namespace personality

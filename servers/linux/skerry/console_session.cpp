#include <servers/linux/skerry/console_session.hpp>

#include <utility>

namespace personality {

ConsoleLink::ConsoleLink(protocols::terminal::Memory& memory, std::size_t number, System& system)
    : shared_(memory.terminal[number]), input_(shared_.input, memory.data[number].input),
      output_(shared_.output, memory.data[number].output), system_(system) {}

void ConsoleLink::taken(std::size_t bytes) {
    input_.take(bytes);
    input_.acknowledge();
    took_ = system_.attention = true;
}

std::size_t ConsoleLink::send(std::span<std::byte const> bytes) {
    std::size_t const done = output_.put(bytes);
    if (done != 0) {
        output_.publish();
        sent_ = system_.attention = true;
    }
    return done;
}

bool ConsoleLink::flush() {
    bool const reader = std::exchange(sent_, false) && output_.claim_wake();
    bool const writer = std::exchange(took_, false) && input_.claim_wake();
    return reader || writer;
}

bool ConsoleLink::work() {
    if (user == nullptr) return false;
    bool const window = shared_.window.load() != window_;
    if (window) {
        window_ = shared_.window.load();
        user->window_changed(window_.rows, window_.columns);
    }
    auto const waiting = input_.available(), room = output_.free();
    user->link_moved();
    bool const moved = input_.available() != waiting || output_.free() != room;
    // What is not taken now waits for the user's own time; only what comes anew wakes us.
    if (input_.available() == 0 && !input_.prepare_sleep()) return true;
    if (output_.free() == 0 && !output_.prepare_sleep()) return true;
    return moved || window;
}

ConsoleSession::ConsoleSession(protocols::Session const& session, System& system)
    : peer_(session.wake_peer),
      links_{
          ConsoleLink(*reinterpret_cast<protocols::terminal::Memory*>(session.address), 0, system),
          ConsoleLink(*reinterpret_cast<protocols::terminal::Memory*>(session.address), 1,
                      system)} {
    // A wake-up may have died with a predecessor.
    static_cast<void>(peer_.signal());
}

void ConsoleSession::signalled(abi::Word) {
    for (auto& link : links_) link.work();
}

bool ConsoleSession::before_wait() {
    bool more = false, wake = false;
    for (auto& link : links_) {
        more |= link.work();
        wake |= link.flush();
    }
    if (wake) static_cast<void>(peer_.signal());
    return more;
}

} // namespace personality

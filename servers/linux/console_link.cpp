#include <servers/linux/console_link.hpp>

#include <utility>

namespace personality {

ConsoleLink::ConsoleLink(protocols::terminal::Memory& memory, std::size_t number, bool& attention)
    : shared_(memory.terminal[number]), input_(shared_.input, memory.data[number].input),
      output_(shared_.output, memory.data[number].output), attention_(attention) {}

void ConsoleLink::taken(std::size_t bytes) {
    input_.take(bytes);
    input_.acknowledge();
    took_ = attention_ = true;
}

std::size_t ConsoleLink::send(std::span<std::byte const> bytes) {
    std::size_t const done = output_.put(bytes);
    if (done != 0) {
        output_.publish();
        sent_ = attention_ = true;
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
    auto const taken = input_.position(), sent = output_.position();
    auto const waiting = input_.available(), room = output_.free();
    user->link_moved();
    // The positions too: what came meanwhile may be as much as was taken.
    bool const moved = input_.position() != taken || output_.position() != sent ||
                       input_.available() != waiting || output_.free() != room;
    // What is not taken now waits for the user's own time; only what comes anew wakes us.
    if (input_.available() == 0 && !input_.prepare_sleep()) return true;
    if (output_.free() == 0 && !output_.prepare_sleep()) return true;
    return moved || window;
}

} // namespace personality

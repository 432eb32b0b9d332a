// The console: carries bytes between the serial lines and the terminals of the Linux personality.

#include <runtime/event_loop.hpp>
#include <runtime/log.hpp>
#include <runtime/start_page.hpp>
#include <servers/console/console.hpp>

namespace {

/// The memory of a session, all of which is there.
template <class Memory>
Memory& session_memory(protocols::Session const* session, std::string_view name) {
    if (session == nullptr || session->bytes < sizeof(Memory))
        runtime::give_up("no session '{}' of {} bytes", name, sizeof(Memory));
    return *reinterpret_cast<Memory*>(session->address);
}

void wake(protocols::Session const& session) {
    (void)runtime::Notification(session.wake_peer).signal();
}

} // namespace

int main() {
    auto const start = runtime::start();
    auto const* line = start.session("line");
    auto const* terminal = start.session("terminal");
    console::Console console(session_memory<protocols::line::Memory>(line, "line"),
                             session_memory<protocols::terminal::Memory>(terminal, "terminal"));
    auto const carry = [&](abi::Word) {
        auto const wakes = console.run();
        if (wakes.driver) wake(*line);
        if (wakes.user) wake(*terminal);
    };
    runtime::EventLoop loop;
    loop.on_signal(line->own_bits | terminal->own_bits, carry);

    // A predecessor may have died owing a wake-up, to us or to them.
    carry(0);
    wake(*line);
    wake(*terminal);
    loop.run();
}

#include <servers/linux/skerry/console_session.hpp>

namespace personality {

namespace {

protocols::terminal::Memory& memory_of(protocols::Session const& session) {
    return *reinterpret_cast<protocols::terminal::Memory*>(session.address);
}

} // namespace

ConsoleSession::ConsoleSession(protocols::Session const& session, System& system)
    : peer_(session.wake_peer), links_{ConsoleLink(memory_of(session), 0, system.attention),
                                       ConsoleLink(memory_of(session), 1, system.attention)} {
    // A wake-up may have died with a predecessor.
    static_cast<void>(peer_.signal());
}

void ConsoleSession::signalled(abi::Word) {
    // The loop looks at the links before it waits.
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

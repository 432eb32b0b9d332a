// Interrupts: lines, which several may share, and messages, which are one's own.

#include <tests/model/rules.hpp>

namespace model {

/// Call `f` with each that shares the line, in the order in which they came to it.
template <class F> void Rules::sharers(std::uint8_t line, F f) {
    each(Kind::interrupt, [&](Id one) {
        if (at(one).line == line) f(one);
    });
}

bool Rules::listening(Id interrupt) const { return in(interrupt, place::notification); }

void Rules::raise(Id interrupt) {
    at(interrupt).pending = true;
    signal_by(interrupt, place::notification);
}

/// Whether the line is open, after something has changed: as long as somebody listens, and nobody
/// has to acknowledge whom it would come again for. What came by edge for one that had not
/// acknowledged is made good when all have, for all.
void Rules::settle(std::uint8_t line) {
    bool heard = false, pending = false, again = false, level = false;
    sharers(line, [&](Id one) {
        heard |= listening(one);
        pending |= at(one).pending;
        again |= at(one).again;
        level |= at(one).level;
    });
    again &= heard;
    auto const made_good = again && !pending;
    sharers(line, [&](Id one) {
        at(one).open = heard && !(pending && (level || again));
        at(one).again = again && !made_good;
    });
    if (!made_good) return;
    sharers(line, [&](Id one) {
        if (listening(one)) raise(one);
    });
}

/// The device fires. Nothing stops a message; a line that is closed is silent.
void Rules::fire(Id interrupt) {
    auto const line = at(interrupt).line;
    if (line != message_line && !at(interrupt).open) return;
    bool close = false, again = false;
    sharers(line, [&](Id one) {
        if (!listening(one)) return;
        close |= at(one).level || at(one).pending;
        if (at(one).pending)
            again |= !at(one).level;
        else
            raise(one);
    });
    if (again) sharers(line, [&](Id one) { at(one).again = true; });
    if (close) settle(line);
}

void Rules::lose_notification(Id interrupt) {
    at(interrupt).pending = false;
    settle(at(interrupt).line);
}

} // namespace model

// Every system call, with words that are no pointers, no sizes and no descriptors. Each in a child:
// it may fail, block or die, and must hurt nobody else.

#include <tests/attack/linux/attacks.hpp>
#include <tests/attack/linux/outcome.hpp>

namespace linux_attack {

namespace {

constexpr long last_call = 470;
constexpr int stuck_after_ms = 40;

constexpr Word wild[] = {
    1, 0xdead'b000, 0x0000'7fff'ffff'f000, 0x0000'8000'0000'0000, 0xffff'8000'0000'0000, ~Word{0},
};

/// Not to be made by somebody who wants to tell the tale: the first three only end the child, and
/// the last may rightly switch the machine off.
bool left_out(long number) {
    return number == number::exit || number == number::exit_group || number == number::reboot;
}

/// The call with this word everywhere, and then with a good first argument and nonsense behind it.
[[noreturn]] void misbehave(long number, Word word) {
    long const result = call(number, word, word, word, word, word, word);
    if (result == 0 &&
        (number == number::fork || number == number::vfork || number == number::clone))
        exit(0);
    call(number, 1, word, 4096, word, word, word);
    exit(0);
}

} // namespace

void wild_pointers() {
    Outcome outcome("linux/wild-pointers-in-every-call");
    long stuck = 0;
    for (long number = 0; number <= last_call; number++) {
        if (left_out(number)) continue;
        for (Word const word : wild) {
            long const child = fork();
            if (child == 0) {
                call(number::setpgid, 0, 0);
                misbehave(number, word);
            }
            outcome.expect(child > 0, "fork fails after call", number);
            if (child <= 0) return;
            stuck += end_of(child, stuck_after_ms) == -1 ? 1 : 0;
        }
    }
    // Some of them wait rightly: pause, poll without end, reading a terminal.
    outcome.expect(stuck < 200, "many calls never came back", stuck);
}

} // namespace linux_attack

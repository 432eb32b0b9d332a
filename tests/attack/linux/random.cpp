// Calls at random, with words that are now and then right: descriptors that are open, addresses
// that are mapped, small numbers. In children that are made anew when they have killed themselves.

#include <tests/attack/linux/attacks.hpp>
#include <tests/attack/linux/outcome.hpp>

namespace linux_attack {

namespace {

constexpr int look_every_ms = 5;
constexpr int patience = 5; ///< looks without a turn between them, until it is taken for stuck
constexpr int children = 100'000;

/// SplitMix64 (Steele, Lea, Flood 2014).
struct Dice {
    Word state;
    Word roll() {
        state += 0x9e37'79b9'7f4a'7c15;
        Word z = state;
        z = (z ^ z >> 30) * 0xbf58'476d'1ce4'e5b9;
        z = (z ^ z >> 27) * 0x94d0'49bb'1331'11eb;
        return z ^ z >> 31;
    }
    Word below(Word n) { return roll() % n; }
};

/// Shared between the generations.
struct Board {
    Word turn;
    Word turns;
    Word seed;
    Word calls, fine, unknown; ///< made; of these, those that did something, and ENOSYS
};

alignas(4096) char scratch[64 * 1024];

Word some_word(Dice& dice) {
    switch (dice.below(8)) {
    case 0: return dice.below(4);
    case 1: return dice.below(64);
    case 2: return address(scratch) + dice.below(sizeof(scratch));
    case 3: return address(scratch) + dice.below(16) * 4096;
    case 4: return dice.below(0x10000);
    case 5: return Word{1} << dice.below(64);
    case 6: return ~Word{0} - dice.below(200);
    default: return dice.roll();
    }
}

/// The older calls, and the newer ones behind their gap.
long some_call(Dice& dice) {
    constexpr long older = 335, first_newer = 424, newer = 40;
    auto const choice = static_cast<long>(dice.below(older + newer));
    return choice < older ? choice : first_newer + choice - older;
}

/// Ends the game, or reaches beyond it: exits, reboot, and signals to others than itself (tkill,
/// tgkill, rt_sigqueueinfo, rt_tgsigqueueinfo).
bool left_out(long number) {
    // pidfd_send_signal as well, and what sets limits, priorities or groups of who is watching.
    if (number == 424 || number == 302 || number == 141 || number == 144 || number == 314)
        return true;
    return number == number::exit || number == number::exit_group || number == number::reboot ||
           number == number::kill || number == 200 || number == 234 || number == 129 ||
           number == 297;
}

[[noreturn]] void play(Board volatile* board) {
    // Its own group, and files of no value as standard ones.
    call(number::setpgid, 0, 0);
    for (Word file = 0; file < 3; file++) {
        call(number::close, file);
        call(number::open, address("/dev/null"), 2, 0);
    }
    while (board->turn < board->turns) {
        Word const turn = board->turn;
        board->turn = turn + 1;
        Dice dice{(board->seed << 32) + turn * 0x1'0001};
        auto const number = some_call(dice);
        if (left_out(number)) continue;
        Word words[6];
        for (auto& word : words) word = some_word(dice);
        long const result =
            call(number, words[0], words[1], words[2], words[3], words[4], words[5]);
        board->calls = board->calls + 1;
        if (result >= 0) board->fine = board->fine + 1;
        if (result == error::not_implemented) board->unknown = board->unknown + 1;
        if (result == 0 &&
            (number == number::fork || number == number::vfork || number == number::clone))
            exit(0);
    }
    exit(0);
}

} // namespace

void random_calls(Word seed, Word turns) {
    Outcome outcome("linux/random-calls");
    // Shared, anonymous.
    long const at = call(number::mmap, 0, 4096, 3, 0x21, ~Word{0});
    outcome.expect(at > 0, "no shared memory", at);
    if (at <= 0) return;
    auto* const board = reinterpret_cast<Board*>(at);
    board->turns = turns;
    board->seed = seed;
    int generation = 0;
    for (; board->turn < turns && generation < children; generation++) {
        long const child = fork();
        if (child == 0) play(board);
        outcome.expect(child > 0, "fork fails after turn", static_cast<long>(board->turn));
        if (child <= 0) return;
        Word last = 0;
        int idle = 0;
        // It is stuck when it has not made a turn for a while.
        for (;;) {
            int status;
            long const ended =
                call(number::wait4, static_cast<Word>(child), address(&status), no_hang, 0);
            if (ended == child) break;
            Word const now = board->turn;
            idle = now == last ? idle + 1 : 0;
            last = now;
            if (idle == patience) {
                kill(-child, sigkill);
                kill(child, sigkill);
                call(number::wait4, static_cast<Word>(child), address(&status), 0, 0);
                break;
            }
            sleep_ms(look_every_ms);
        }
        kill(-child, sigkill);
        while (call(number::wait4, ~Word{0}, 0, no_hang, 0) > 0) {
        }
    }
    Text line;
    line.add("CALLS ");
    line.add(static_cast<long>(board->calls));
    line.add(" made at random, seed ");
    line.add(static_cast<long>(seed));
    line.add(": ");
    line.add(static_cast<long>(board->fine));
    line.add(" did something, ");
    line.add(static_cast<long>(board->unknown));
    line.add(" unknown, ");
    line.add(generation);
    line.add(" processes\n");
    line.print();
    outcome.expect(board->turn >= turns, "few turns were made", static_cast<long>(board->turn));
}

} // namespace linux_attack

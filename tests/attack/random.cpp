// A program that calls the kernel at random, with capabilities of every kind within its reach.
// Nothing is expected of it but that it does not stop anybody else. The same seed makes the same
// calls.

#include <tests/attack/attacks.hpp>

#include <tests/attack/outcome.hpp>
#include <tests/attack/raw.hpp>
#include <tests/attack/zoo.hpp>

#include <runtime/clock.hpp>
#include <runtime/lab/kit.hpp>
#include <runtime/lab/must.hpp>
#include <runtime/lab/neighbour.hpp>

#include <atomic>
#include <charconv>

namespace attack {

namespace {

using abi::Word;
using lab::must;

/// SplitMix64 (Steele, Lea, Flood 2014).
struct Dice {
    Word state;
    Word roll() {
        state += 0x9e37'79b9'7f4a'7c15;
        auto z = state;
        z = (z ^ z >> 30) * 0xbf58'476d'1ce4'e5b9;
        z = (z ^ z >> 27) * 0x94d0'49bb'1331'11eb;
        return z ^ z >> 31;
    }
    Word below(Word n) { return roll() % n; }
};

/// Shared with the player, so that its place is known whatever becomes of it.
struct Board {
    std::atomic<Word> calls;
    std::atomic<Word> succeeded;
    Word seed;
    Word limit;
    std::uint32_t toy[abi::kind_count]; ///< a capability of each kind, as the player names it
};

constexpr std::uint16_t slots_in_reach = 48;

/// Of some kind, or of none; some of those that it has made itself are among them.
Word some_capability(Dice& dice) {
    return abi::CapAddress{static_cast<std::uint16_t>(dice.below(slots_in_reach)),
                           static_cast<std::uint16_t>(1 + dice.below(4) / 3)}
        .raw;
}

Word some_word(Dice& dice) {
    switch (dice.below(6)) {
    case 0: return dice.below(4);
    case 1: return dice.below(0x400);
    case 2: return dice.below(0x10'000) << 12;
    case 3: return Word{1} << dice.below(64);
    case 4: return dice.roll();
    default: return some_capability(dice);
    }
}

/// A word that the type of an argument suggests, most of the time.
template <class T> Word some_argument(Dice& dice, Board const& board) {
    if (dice.below(8) == 0) return some_word(dice);
    if constexpr (std::is_same_v<T, abi::CapAddress>)
        return dice.below(3) == 0 ? some_capability(dice) : board.toy[dice.below(abi::kind_count)];
    else if constexpr (std::is_same_v<T, abi::Place>)
        return abi::encode(abi::Place{{}, static_cast<std::uint16_t>(dice.below(slots_in_reach))});
    else if constexpr (std::is_same_v<T, std::uint16_t>)
        return dice.below(slots_in_reach);
    else if constexpr (std::is_same_v<T, abi::RightsMask>)
        return dice.below(2) == 0 ? 0xff : dice.below(0x100);
    else if constexpr (std::is_enum_v<T>)
        return dice.below(16);
    else
        return some_word(dice);
}

template <class C> Raw some_call(Dice& dice, Board const& board) {
    auto const target = dice.below(4) == 0 ? some_capability(dice)
                                           : Word{board.toy[static_cast<std::size_t>(C::kind)]};
    Raw raw{.rax = abi::call_word(C::number, {}) | target};
    for (auto& word : raw.words) word = some_word(dice);
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        ((raw.words[I] = some_argument<std::tuple_element_t<I, typename C::Args>>(dice, board)),
         ...);
    }(std::make_index_sequence<std::tuple_size_v<typename C::Args>>{});
    // Messages: of any length, often with something absurd in the tag; and mostly a wait ends.
    raw.rbx = dice.below(4) == 0 ? dice.roll() : dice.below(9) << 16;
    raw.rbx |= abi::MessageTag::flag_deadline;
    raw.r14 = dice.below(2) == 0 ? some_capability(dice)
                                 : board.toy[static_cast<std::size_t>(abi::Kind::reply)];
    raw.r15 = dice.below(16) == 0 ? dice.roll() : 1;
    if (C::number == abi::NotificationWait::number) raw.words[0] = 1;
    return raw;
}

/// A call that no random program should make, since it ends the game.
bool spoils_the_game(std::uint16_t number) {
    return number == abi::ThreadExit::number || number == abi::ProcessExit::number;
}

Raw some_call(Dice& dice, Board const& board) {
    std::size_t count = 0;
    each_call([&]<class C> { count++; });
    auto chosen = dice.below(count);
    Raw raw;
    each_call([&]<class C> {
        if (chosen-- == 0 && !spoils_the_game(C::number)) raw = some_call<C>(dice, board);
    });
    return raw;
}

void play(Board* board) {
    // Where we are is in the board, so that a successor goes on behind the call that ended us.
    while (board->calls.load(std::memory_order_relaxed) < board->limit) {
        auto const turn = board->calls.fetch_add(1, std::memory_order_relaxed);
        Dice dice{board->seed * 0x1'0000'0000 + turn * 0x1'0001};
        if (raw_call(some_call(dice, *board)) == abi::Error::ok)
            board->succeeded.fetch_add(1, std::memory_order_relaxed);
    }
    (void)runtime::call<abi::ThreadExit>();
}

/// A player with its toys. Gone with all it has made when it goes.
class Player {
public:
    Player(lab::OwnImage const& image, lab::Extent const& page, Board& board)
        : process_(image, "attack-player"),
          thread_(process_.process(), process_.space(), play, {page.address()},
                  {.priority = lab::kit().priority - 1}) {
        page.share_with(process_.space());
        // No Control: it can power off. What it makes may outrank us, but needs more than luck to
        // run.
        for (std::uint32_t kind = 1; kind < abi::kind_count; kind++) {
            auto const cap = toys_.of(static_cast<abi::Kind>(kind));
            if (!cap || static_cast<abi::Kind>(kind) == abi::Kind::control) continue;
            board.toy[kind] = process_.give(*cap).raw;
        }
        process_.give(process_.process());
        process_.give(process_.space().address());
        thread_.start();
    }

    /// Until it ends, or can't go on. Out of a wait it is kicked.
    void watch(Board const& board) const {
        Word last = 0;
        for (int idle = 0; idle < patience; idle++) {
            switch (must(thread_.thread().inspect(), "inspect").state) {
            case abi::ThreadState::ready: break;
            case abi::ThreadState::waiting:
            case abi::ThreadState::receiving:
            case abi::ThreadState::calling: (void)thread_.thread().kick(); break;
            default: return;
            }
            if (auto const now = board.calls.load(std::memory_order_relaxed); now != last) {
                last = now;
                idle = 0;
            }
            (void)pause_.wait_until(runtime::now_ns() + 1'000'000);
        }
    }

private:
    /// Looks without a call of its between them, a millisecond each, until it is taken for stuck.
    static constexpr int patience = 20;

    Zoo toys_;
    lab::Neighbour process_;
    lab::Worker thread_;
    runtime::Owned<runtime::Notification> pause_ =
        must(lab::kit().memory.make<runtime::Notification>(), "notification");
};

/// `name=number` in the arguments.
Word setting(std::string_view name, Word otherwise) {
    auto const digits = lab::argument(name);
    Word value = otherwise;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

} // namespace

void attack_randomly() {
    Outcome outcome("attack/random/calls");
    lab::OwnImage const image;
    lab::Extent const page(abi::page_bytes);
    auto* const board = reinterpret_cast<Board*>(page.address());
    board->seed = setting("seed=", 1);
    board->limit = setting("calls=", 200'000);
    Word players = 0;
    while (board->calls.load(std::memory_order_relaxed) < board->limit && players < 20'000) {
        Player const player(image, page, *board);
        player.watch(*board);
        players++;
    }
    runtime::Line line;
    line.put("attack: {} random calls from seed {}, {} succeeded, {} players\n",
             board->calls.load(std::memory_order_relaxed), board->seed,
             board->succeeded.load(std::memory_order_relaxed), players);
    (void)lab::kit().control.log(line.text());
    outcome.expect(board->succeeded.load(std::memory_order_relaxed) > 1000, "few calls succeeded");
}

} // namespace attack

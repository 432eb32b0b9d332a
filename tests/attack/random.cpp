// A program that calls the kernel at random, with capabilities of every kind within its reach.
// Nothing is expected of it but that it does not stop anybody else. The same seed makes the same
// calls.

#include <tests/attack/attacks.hpp>

#include <tests/attack/outcome.hpp>
#include <tests/attack/random_calls.hpp>
#include <tests/attack/zoo.hpp>

#include <runtime/clock.hpp>
#include <runtime/lab/kit.hpp>
#include <runtime/lab/must.hpp>
#include <runtime/lab/neighbour.hpp>

#include <atomic>

namespace attack {

namespace {

using abi::Word;
using lab::must;

/// Shared with the player, so that its place is known whatever becomes of it.
struct Board {
    std::atomic<Word> calls;
    std::atomic<Word> succeeded;
    Word seed;
    Word limit;
    std::uint32_t toy[abi::kind_count]; ///< a capability of each kind, as the player names it
};

void play(Board* board) {
    // Where we are is in the board, so that a successor goes on behind the call that ended us.
    while (board->calls.load(std::memory_order_relaxed) < board->limit) {
        auto const turn = board->calls.fetch_add(1, std::memory_order_relaxed);
        Dice dice{board->seed * 0x1'0000'0000 + turn * 0x1'0001};
        if (raw_call(some_call(dice, board->toy)) == abi::Error::ok)
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

} // namespace

void attack_randomly() {
    Outcome outcome("attack/random/calls");
    lab::OwnImage const image;
    lab::Extent const page(abi::page_bytes);
    auto* const board = reinterpret_cast<Board*>(page.address());
    board->seed = lab::setting("seed=", 1);
    board->limit = lab::setting("calls=", 200'000);
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

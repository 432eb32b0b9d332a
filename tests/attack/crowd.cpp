// Several processes with several threads each, on all processors, that call the kernel at random.
// Half of what they have is everybody's, so they meet, wait for each other, and take from each
// other what another is just using. Now and then somebody dies, or what all share is revoked.

#include <tests/attack/attacks.hpp>

#include <tests/attack/outcome.hpp>
#include <tests/attack/random_calls.hpp>
#include <tests/attack/zoo.hpp>

#include <runtime/clock.hpp>
#include <runtime/lab/kit.hpp>
#include <runtime/lab/must.hpp>
#include <runtime/lab/neighbour.hpp>

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <vector>

namespace attack {

namespace {

using abi::Word;
using lab::kit;
using lab::must;

constexpr Word threads_each = 2;

/// What the threads of a process share with us; it outlives them, so that successors go on behind
/// the call that ended them.
struct Board {
    std::array<std::atomic<Word>, threads_each> calls;
    std::atomic<Word> succeeded;
    Word seed;
    std::array<std::array<std::uint32_t, abi::kind_count>, 2> toys; ///< our own, everybody's
};

void play(Board* board, Word which) {
    auto& calls = board->calls[which];
    while (true) {
        auto const turn = calls.fetch_add(1, std::memory_order_relaxed);
        Dice dice{board->seed * 0x1'0000'0000 + turn * 0x1'0001 + which};
        auto raw = some_call(dice, board->toys[dice.below(2)]);
        // Some wait until another comes, or we are kicked.
        if (dice.below(4) == 0) raw.rbx &= ~abi::MessageTag::flag_deadline;
        if (raw_call(raw) == abi::Error::ok)
            board->succeeded.fetch_add(1, std::memory_order_relaxed);
    }
}

/// Everything that a zoo has but for Control, which can power off.
void share(lab::Neighbour& with, Zoo const& zoo, std::array<std::uint32_t, abi::kind_count>& toys) {
    for (std::uint32_t kind = 1; kind < abi::kind_count; kind++) {
        auto const cap = zoo.of(static_cast<abi::Kind>(kind));
        if (cap && static_cast<abi::Kind>(kind) != abi::Kind::control)
            toys[kind] = with.give(*cap).raw;
    }
}

class Player {
public:
    Player(lab::OwnImage const& image, lab::Extent const& page, Zoo const& everybodys,
           Word first_processor, Word processors)
        : process_(image, "attack-crowd") {
        page.share_with(process_.space());
        auto& board = *reinterpret_cast<Board*>(page.address());
        share(process_, own_, board.toys[0]);
        share(process_, everybodys, board.toys[1]);
        process_.give(process_.process());
        process_.give(process_.space().address());
        for (Word which = 0; which < threads_each; which++) {
            auto& thread = threads_[which];
            thread.emplace(process_.process(), process_.space(), play,
                           lab::Arguments{page.address(), which},
                           lab::WorkerOptions{.priority = kit().priority - 1,
                                              .processor = (first_processor + which) % processors});
            // The others may do anything with it, but not raise it above us.
            auto const lower =
                must(runtime::mint(thread->thread(), abi::all_rights, kit().priority - 1),
                     "a thread that can't rise");
            process_.give(lower.address());
        }
        for (auto const& thread : threads_) thread->start();
    }

    /// Gets those that wait going again. False: none of its threads will ever call again.
    bool lives() {
        bool any = false;
        for (auto const& thread : threads_) {
            auto const info = thread->thread().inspect();
            if (!info) continue;
            switch (info->state) {
            case abi::ThreadState::ready: any = true; break;
            case abi::ThreadState::suspended: any |= thread->thread().resume().has_value(); break;
            case abi::ThreadState::waiting:
            case abi::ThreadState::receiving:
            case abi::ThreadState::awaiting:
            case abi::ThreadState::calling: any |= thread->thread().kick().has_value(); break;
            default: break;
            }
        }
        return any;
    }

private:
    Zoo own_;
    lab::Neighbour process_;
    std::array<std::optional<lab::Worker>, threads_each> threads_;
};

class Crowd {
public:
    Crowd(Word seed, Word processors)
        : processors_(processors), dice_{seed}, places_(processors + 2) {
        for (std::size_t i = 0; i < places_.size(); i++) {
            places_[i].board().seed = seed * 0x100 + i;
            fill(i);
        }
    }

    /// A millisecond of theirs, then ours.
    void turn() {
        (void)pause_.wait_until(runtime::now_ns() + 1'000'000);
        if (dice_.below(500) == 0) {
            for (auto& place : places_) place.player.reset();
            everybodys_ = std::make_unique<Zoo>();
        }
        auto const victim = dice_.below(40);
        for (std::size_t i = 0; i < places_.size(); i++) {
            auto& place = places_[i];
            auto const now = place.calls();
            auto const stuck = now == place.seen && ++place.quiet > patience;
            if (now != place.seen) place.quiet = 0;
            place.seen = now;
            if (!place.player || i == victim || stuck || !place.player->lives()) fill(i);
        }
    }

    Word calls() const {
        Word all = 0;
        for (auto const& place : places_) all += place.calls();
        return all;
    }
    void say(Word seed) const {
        Word succeeded = 0;
        for (auto const& place : places_) succeeded += place.board().succeeded.load();
        runtime::Line line;
        line.put("attack: seed {}, {} processors: {} random calls, {} succeeded, {} deaths\n", seed,
                 processors_, calls(), succeeded, deaths_);
        (void)kit().control.log(line.text());
    }

private:
    /// Turns without a call, until it is taken for stuck: its process may be stopped, or its time
    /// gone.
    static constexpr int patience = 20;

    struct Place {
        lab::Extent page{abi::page_bytes};
        std::unique_ptr<Player> player;
        Word seen = 0;
        int quiet = 0;

        Board& board() const { return *reinterpret_cast<Board*>(page.address()); }
        Word calls() const {
            Word all = 0;
            for (auto const& one : board().calls) all += one.load(std::memory_order_relaxed);
            return all;
        }
    };

    Word const processors_;
    Dice dice_;
    lab::OwnImage image_;
    std::unique_ptr<Zoo> everybodys_ = std::make_unique<Zoo>();
    std::vector<Place> places_;
    Word deaths_ = 0;
    runtime::Owned<runtime::Notification> pause_ =
        must(kit().memory.make<runtime::Notification>(), "notification");

    void fill(std::size_t i) {
        auto& place = places_[i];
        deaths_ += place.player != nullptr;
        place.player.reset();
        place.quiet = 0;
        place.player = std::make_unique<Player>(image_, place.page, *everybodys_, i, processors_);
    }
};

} // namespace

void attack_in_a_crowd() {
    Outcome outcome("attack/crowd/calls");
    auto const seed = lab::setting("seed=", 1);
    auto const limit = lab::setting("calls=", 50'000);
    auto const seconds = lab::setting("seconds=", 0);
    Crowd crowd(seed, lab::setting("processors=", 1));
    auto const end = runtime::now_ns() + seconds * 1'000'000'000;
    auto heard = crowd.calls();
    while (seconds > 0 ? runtime::now_ns() < end : crowd.calls() < limit) {
        crowd.turn();
        if (crowd.calls() - heard < 1'000'000) continue;
        heard = crowd.calls();
        crowd.say(seed);
    }
    crowd.say(seed);
    outcome.expect(crowd.calls() > 1000, "few calls were made");
}

} // namespace attack

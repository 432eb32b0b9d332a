// Runs every sequence of calls up to a depth over the small worlds, on the real kernel core and in
// the specification side by side.
//
//   explore [SCENE...] [--depth N] [--steps N] [--shard I/N] [--json FILE] [--list]
//
// Breadth first: a state is reached by its shortest way, and explored once. A state is kept as that
// way alone; it is walked again when its turn comes. Of the last level only each Nth state is
// taken. With --steps it goes level by level until it has made so many, or has met all states.
// Told to terminate it reports what it has come to.

#include <tests/model/key_set.hpp>
#include <tests/model/scenes.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <format>
#include <fstream>
#include <ranges>
#include <string>

#include <signal.h>

/// The world asks whether memory is poisoned; without a sanitizer none is.
extern "C" int __asan_address_is_poisoned(void const volatile*) { return 0; }

namespace model {
namespace {

sig_atomic_t volatile told_to_end = 0;

struct Options {
    std::vector<std::string_view> scenes;
    unsigned depth = 0;                      ///< 0: each scene's own
    std::uint64_t steps = ~std::uint64_t{0}; ///< no further level of a world after so many
    std::uint64_t shard = 0, shards = 1;
    std::string json;  ///< a file that a line for each world is added to
    bool list = false; ///< only say what worlds there are
};

struct Count {
    std::uint64_t states = 0, steps = 0, invariants = 0;
    double seconds = 0;
};

/// A state as the way to it.
struct Node {
    std::uint32_t before;
    std::uint16_t action;
};

class Explorer {
public:
    Explorer(SceneMaker const& maker, Options const& options) : maker_(maker), options_(options) {
        scene_.world = std::make_unique<kernel::testing::World>(std::uint64_t{1} << 20);
        maker.make(scene_);
        for (std::size_t i = 0; i < scene_.actions.size(); i++)
            scene_.actions[i].number = static_cast<std::uint16_t>(i + 1);
    }

    bool run(Count& total) {
        auto const begun = std::chrono::steady_clock::now();
        auto const depth = options_.depth ? options_.depth : maker_.depth;
        auto& driver = *scene_.driver;
        seen_.insert(key(driver.state(), scene_.roots));
        nodes_.push_back({0, 0});
        stand_at(0);
        if (!sound(0, nullptr)) return false;
        std::size_t level = 0, end = 1;
        bool fine = true;
        unsigned done = 0; // levels, each whole
        while (done < depth && fine && level < end && count_.steps < options_.steps &&
               !told_to_end) {
            auto const last = done + 1 == depth;
            for (auto i = level; i < end && fine && !told_to_end; i++)
                if (!last || i % options_.shards == options_.shard)
                    fine = expand(static_cast<std::uint32_t>(i));
            if (told_to_end) break;
            done++;
            level = end;
            end = nodes_.size();
        }
        count_.states = seen_.size();
        count_.seconds =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
        // Nothing new in the last level: there are no more states than these.
        report(done, level == end);
        total.states += count_.states;
        total.steps += count_.steps;
        total.invariants += count_.invariants;
        total.seconds += count_.seconds;
        return fine;
    }

private:
    SceneMaker const& maker_;
    Options const& options_;
    Scene scene_;
    /// The way to where we are, each state on it as a copy: the next to be expanded shares most.
    std::vector<std::uint32_t> stood_;
    std::vector<std::unique_ptr<Driver::Point>> points_;
    std::vector<Node> nodes_;
    KeySet seen_;
    Count count_;
    /// All invariants after each of so many first steps; later in new states only.
    static constexpr std::size_t thorough = 3;

    void report(unsigned depth, bool all) const {
        std::printf(
            "%-13s %3zu actions, depth %2u%s %10llu states, %11llu steps, invariants %10llu "
            "times, %7.1f s, %.0f steps a second\n",
            std::string{maker_.name}.c_str(), scene_.actions.size(), depth,
            all ? ", all:" : ":    ", static_cast<unsigned long long>(count_.states),
            static_cast<unsigned long long>(count_.steps),
            static_cast<unsigned long long>(count_.invariants), count_.seconds,
            static_cast<double>(count_.steps) / std::max(count_.seconds, 1e-6));
        std::fflush(stdout);
        if (options_.json.empty()) return;
        std::ofstream{options_.json, std::ios::app} << std::format(
            "{{\"world\": \"{}\", \"actions\": {}, \"depth\": {}, \"all\": {}, "
            "\"states\": {}, \"steps\": {}}}\n",
            maker_.name, scene_.actions.size(), depth, all, count_.states, count_.steps);
    }

    std::vector<std::uint16_t> way(std::uint32_t node) const {
        std::vector<std::uint16_t> actions;
        for (; node != 0; node = nodes_[node].before) actions.push_back(nodes_[node].action);
        std::ranges::reverse(actions);
        return actions;
    }

    bool complain(std::uint32_t node, Action const* last, std::string const& wrong) {
        std::printf("%s: the kernel and its specification disagree after\n",
                    std::string{maker_.name}.c_str());
        for (auto const action : way(node))
            std::printf("  %s\n", text(scene_.actions[action]).c_str());
        if (last) std::printf("  %s\n", text(*last).c_str());
        std::printf("%s\n", wrong.c_str());
        std::fflush(stdout);
        return false;
    }

    bool sound(std::uint32_t node, Action const* last) {
        count_.invariants++;
        auto const broken = scene_.driver->invariants();
        return broken.empty() || complain(node, last, broken);
    }

    /// The driver's state is this node's: keep it.
    void stand_at(std::uint32_t node) {
        stood_.push_back(node);
        if (points_.size() < stood_.size()) points_.push_back(std::make_unique<Driver::Point>());
        scene_.driver->save(*points_[stood_.size() - 1]);
    }

    /// To a node, from the last one on the way to it that we stand at.
    bool go(std::uint32_t node) {
        std::vector<std::uint32_t> missing;
        while (std::ranges::find(stood_, node) == stood_.end()) {
            missing.push_back(node);
            node = nodes_[node].before;
        }
        while (stood_.back() != node) stood_.pop_back();
        auto& driver = *scene_.driver;
        driver.restore(*points_[stood_.size() - 1]);
        for (auto const next : std::views::reverse(missing)) {
            auto const& action = scene_.actions[nodes_[next].action];
            if (auto const wrong = driver.step(action, false); !wrong.empty())
                return complain(next, nullptr, "on the way again: " + wrong);
            stand_at(next);
        }
        return true;
    }

    bool expand(std::uint32_t node) {
        if (!go(node)) return false;
        auto& driver = *scene_.driver;
        auto const& here = *points_[stood_.size() - 1];
        for (std::size_t i = 0; i < scene_.actions.size(); i++) {
            auto const& action = scene_.actions[i];
            if (!driver.possible(action)) continue;
            auto const wrong = driver.step(action, true);
            count_.steps++;
            if (!wrong.empty()) return complain(node, &action, wrong);
            auto const fresh = !same(driver.state(), here.state) &&
                               seen_.insert(key(driver.state(), scene_.roots));
            if (fresh) nodes_.push_back({node, static_cast<std::uint16_t>(i)});
            // What the kernel knows beyond the specification may differ in a state that is not new.
            if ((fresh || stood_.size() <= thorough) && !sound(node, &action)) return false;
            driver.restore(here);
        }
        return true;
    }
};

bool parse(int count, char** words, Options& options) {
    for (int i = 1; i < count; i++) {
        std::string_view const word = words[i];
        auto const number = [&]() -> std::uint64_t {
            return i + 1 < count ? std::strtoull(words[++i], nullptr, 0) : 0;
        };
        if (word == "--depth") {
            options.depth = static_cast<unsigned>(number());
        } else if (word == "--steps") {
            options.steps = number();
        } else if (word == "--json" && i + 1 < count) {
            options.json = words[++i];
        } else if (word == "--list") {
            options.list = true;
        } else if (word == "--shard" && i + 1 < count) {
            auto const* const slash = std::strchr(words[++i], '/');
            if (!slash) return false;
            options.shards = std::max<std::uint64_t>(std::strtoull(slash + 1, nullptr, 0), 1);
            options.shard = std::strtoull(words[i], nullptr, 0) % options.shards;
        } else if (word.starts_with("--")) {
            return false;
        } else {
            options.scenes.push_back(word);
        }
    }
    return true;
}

} // namespace
} // namespace model

int main(int count, char** words) {
    using namespace model;
    Options options;
    if (!parse(count, words, options)) {
        std::fprintf(stderr,
                     "explore [SCENE...] [--depth N] [--steps N] [--shard I/N] [--json FILE] "
                     "[--list]\n");
        return 2;
    }
    if (options.list) {
        for (auto const& maker : scenes()) std::puts(std::string{maker.name}.c_str());
        return 0;
    }
    ::signal(SIGTERM, [](int) { told_to_end = 1; });
    Count total;
    bool fine = true;
    for (auto const& maker : scenes())
        if (options.scenes.empty() || std::ranges::contains(options.scenes, maker.name))
            fine = fine && Explorer{maker, options}.run(total);
    std::printf("%llu distinct states, %llu steps, each compared with the specification; "
                "%llu times all invariants\n",
                static_cast<unsigned long long>(total.states),
                static_cast<unsigned long long>(total.steps),
                static_cast<unsigned long long>(total.invariants));
    return fine && total.steps > 0 ? 0 : 1;
}

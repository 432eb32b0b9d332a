// The heap of deadlines against std::multimap, and the timer that follows it.

#include <kernel/testing/invariants.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

namespace kernel {
namespace {

using testing::World;

struct Node : ObjectOf<abi::Kind::timer> {
    Deadline deadline{*this};
};

unsigned depth_of_right_spine(Deadline const* node) {
    unsigned depth = 0;
    for (; node; node = node->right) depth++;
    return depth;
}

class RandomDeadlines : public ::testing::TestWithParam<unsigned> {};

TEST_P(RandomDeadlines, ComeInOrder) {
    std::mt19937_64 dice{GetParam()};
    std::vector<Node> nodes(500);
    std::multimap<std::uint64_t, Deadline*> model;
    Deadlines deadlines;
    auto const forget = [&](Deadline& deadline) {
        std::erase_if(model, [&](auto const& pair) { return pair.second == &deadline; });
    };
    for (unsigned i = 0; i < 20'000; i++) {
        auto& deadline = nodes[dice() % nodes.size()].deadline;
        switch (dice() % 4) {
        case 0:
        case 1: {
            // Many equal ones among them; re-armed if it is armed.
            auto const at = dice() % (i % 2000 < 1000 ? 50 : 1'000'000);
            forget(deadline);
            deadlines.insert(deadline, at);
            model.emplace(at, &deadline);
            break;
        }
        case 2:
            forget(deadline);
            deadline.cancel();
            break;
        default:
            if (auto* const first = deadlines.first(); first && dice() % 2) {
                forget(*first);
                first->cancel();
            }
        }
        auto* const first = deadlines.first();
        ASSERT_EQ(first == nullptr, model.empty());
        if (first) ASSERT_EQ(first->at, model.begin()->first);
        ASSERT_EQ(deadline.armed(), std::ranges::any_of(model, [&](auto const& pair) {
                      return pair.second == &deadline;
                  }));
        ASSERT_LE(1u << depth_of_right_spine(first), 2 * (model.size() + 1)) << "logarithmic";
    }
    while (auto* const first = deadlines.first()) {
        ASSERT_EQ(first->at, model.begin()->first);
        forget(*first);
        first->cancel();
        ASSERT_FALSE(first->armed());
    }
    EXPECT_TRUE(model.empty());
}
INSTANTIATE_TEST_SUITE_P(Seeds, RandomDeadlines, ::testing::Range(1u, 6u));

TEST(Timers, FireWhenTheyShouldAndNotBefore) {
    World world;
    auto& program = world.add_program({.bytes = 1 << 20});
    std::mt19937_64 dice{3};
    auto const notification = world.make(program, abi::Kind::notification);
    auto& bits = world.object<Notification>(program, notification);
    std::vector<std::pair<abi::CapAddress, std::uint64_t>> timers;
    for (unsigned i = 0; i < 60; i++) {
        auto const timer = world.make(program, abi::Kind::timer);
        auto const when = 1000 + dice() % 100'000'000;
        ASSERT_TRUE(
            world.call<abi::TimerArm>(program, timer, when, notification, abi::Word{1} << i % 60)
                .ok());
        timers.emplace_back(timer, when);
    }
    std::uint64_t heard = 0;
    for (unsigned i = 0; i < 300; i++) {
        world.advance(dice() % 800'000);
        heard |= bits.take();
        std::uint64_t expected = 0;
        for (unsigned k = 0; k < timers.size(); k++)
            if (timers[k].second <= arch::fake_machine.tsc) expected |= std::uint64_t{1} << k;
        ASSERT_EQ(heard, expected) << "at " << arch::fake_machine.tsc;
    }
    EXPECT_EQ(broken_invariants(world), "");
}

TEST(Timers, InCrowdsFireABoundedNumberAtATime) {
    World world;
    auto& program = world.add_program({.bytes = 1 << 20});
    auto const notification = world.make(program, abi::Kind::notification);
    for (unsigned i = 0; i < 50; i++) {
        auto const timer = world.make(program, abi::Kind::timer);
        ASSERT_TRUE(world
                        .call<abi::TimerArm>(program, timer, abi::Word{5000}, notification,
                                             abi::Word{1} << i)
                        .ok());
    }
    auto& machine = arch::fake_machine;
    machine.tsc = 5000;
    unsigned interrupts = 0;
    while (world.processor().deadlines.first()) {
        ASSERT_TRUE(machine.timer && *machine.timer <= 5000) << "the rest in the next pass";
        machine.timer.reset();
        schedule::timer_interrupt();
        interrupts++;
    }
    EXPECT_EQ(interrupts, 4u);
}

} // namespace
} // namespace kernel

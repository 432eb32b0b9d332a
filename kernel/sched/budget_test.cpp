// The account of a budget, alone: what may be used, when it comes back, that it is never more than
// was given in any period.

#include <kernel/sched/budget.hpp>

#include <gtest/gtest.h>

#include <deque>
#include <random>

namespace kernel {
namespace {

constexpr std::uint64_t ms = 1'000'000;

std::uint64_t total(Budget const& budget) {
    auto sum = static_cast<std::uint64_t>(budget.left_);
    for (std::uint32_t i = 0; i < budget.count_; i++)
        sum += budget.refills_[(budget.first_ + i) % budget.refills_.size()].ticks;
    return sum;
}

TEST(Budget, ComesBackAPeriodAfterItsUseBegan) {
    Budget budget;
    budget.set(10 * ms, 100 * ms, 1000, 0);
    EXPECT_EQ(budget.settle(5 * ms, 0), 10 * ms);
    EXPECT_EQ(budget.settle(9 * ms, 4 * ms), 6 * ms);
    EXPECT_EQ(budget.settle(50 * ms, 4 * ms), 6 * ms);
    EXPECT_EQ(budget.settle(56 * ms, 10 * ms), 0u);
    EXPECT_EQ(budget.next(), 105 * ms);
    EXPECT_EQ(budget.settle(105 * ms, 10 * ms), 4 * ms);
    EXPECT_EQ(budget.settle(109 * ms, 14 * ms), 0u);
    EXPECT_EQ(budget.next(), 150 * ms);
    EXPECT_EQ(budget.settle(150 * ms, 14 * ms), 6 * ms);
}

TEST(Budget, WhatWasUsedTooMuchIsPaidBack) {
    Budget budget;
    budget.set(10 * ms, 100 * ms, 0, 0);
    EXPECT_EQ(budget.settle(13 * ms, 13 * ms), 0u);
    EXPECT_EQ(budget.next(), 100 * ms);
    EXPECT_EQ(budget.settle(100 * ms, 13 * ms), 10 * ms);
    EXPECT_EQ(budget.settle(111 * ms, 24 * ms), 0u);
    EXPECT_EQ(total(budget), 10 * ms);
}

TEST(Budget, ScrapsWaitForMore) {
    Budget budget;
    budget.set(1 * ms, 10 * ms, 0, 0);
    EXPECT_EQ(budget.settle(1 * ms, 1 * ms - 1000), 0u);
    EXPECT_EQ(budget.next(), 10 * ms);
    EXPECT_EQ(budget.settle(10 * ms, 1 * ms - 1000), 1 * ms);
}

TEST(Budget, AWholePeriodIsNeverUsedUp) {
    Budget budget;
    budget.set(10 * ms, 10 * ms, 0, 0);
    std::uint64_t now = 0;
    for (unsigned i = 0; i < 100; i++) {
        auto const ticks = budget.settle(now, now);
        ASSERT_GT(ticks, 0u);
        now += ticks;
    }
}

TEST(Budget, TheLongestPeriodDoesNotOverflow) {
    constexpr std::uint64_t hour = 3'600'000 * ms;
    Budget budget;
    budget.set(hour, hour, hour, ~std::uint64_t{0} - 5);
    EXPECT_EQ(budget.settle(2 * hour, hour - 6), hour);
    EXPECT_EQ(total(budget), hour);
}

/// Stretches of any length at any time; every window of one period is looked at.
TEST(Budget, NoPeriodSeesMoreThanTheBudget) {
    std::mt19937_64 dice{7};
    for (unsigned round = 0; round < 300; round++) {
        auto const period = 1 * ms + dice() % (20 * ms);
        auto const whole = 20'000 + dice() % (period - 20'000);
        auto const longest = dice() % 3 == 0 ? whole / 16 + 1 : whole;
        Budget budget;
        std::uint64_t now = dice() % period, used = 0;
        budget.set(whole, period, now, used);
        struct Stretch {
            std::uint64_t begin, end;
        };
        std::deque<Stretch> last;
        std::uint64_t waited = 0;
        for (unsigned i = 0; i < 400; i++) {
            auto const may = budget.settle(now, used);
            ASSERT_EQ(total(budget), whole);
            if (may == 0) {
                ASSERT_GT(budget.next(), now);
                ASSERT_LE(budget.next(), now + period);
                waited++;
                now = budget.next();
                continue;
            }
            auto const runs = std::min(may, 1 + dice() % longest);
            last.push_back({now, now + runs});
            now += runs, used += runs;
            // In the period that ends now.
            std::uint64_t sum = 0;
            auto const from = now > period ? now - period : 0;
            while (!last.empty() && last.front().end <= from) last.pop_front();
            for (auto const& one : last) sum += one.end - std::max(one.begin, from);
            ASSERT_LE(sum, whole) << "period " << period;
            if (dice() % 2) now += dice() % (period / 3);
        }
        if (longest == whole) EXPECT_GT(waited, 0u);
    }
}

/// Who always wants to run gets most of what was promised, however finely it is cut up.
TEST(Budget, CutUpUseLosesLittle) {
    std::mt19937_64 dice{3};
    Budget budget;
    std::uint64_t now = 0, used = 0;
    budget.set(10 * ms, 100 * ms, 0, 0);
    while (now < 10'000 * ms) {
        auto const may = budget.settle(now, used);
        if (may == 0) {
            now = budget.next();
            continue;
        }
        auto const runs = std::min<std::uint64_t>(may, 50'000 + dice() % 100'000);
        now += runs + dice() % 2 * 100'000;
        used += runs;
    }
    EXPECT_LE(used, 1'010 * ms);
    EXPECT_GE(used, 880 * ms);
}

} // namespace
} // namespace kernel

// What the machine wants to see, computed without a machine.

#include <kernel/arch/x86_64/calendar.hpp>
#include <kernel/arch/x86_64/kernel_stack.hpp>
#include <kernel/arch/x86_64/redirection_entry.hpp>
#include <kernel/arch/x86_64/scale.hpp>

#include <gtest/gtest.h>

namespace kernel::arch {
namespace {

TEST(RedirectionEntry, PutsEachFieldInItsPlace) {
    EXPECT_EQ(RedirectionEntry{}.encode(), 0x1'0000u);
    RedirectionEntry const entry{.vector = 0x34,
                                 .polarity = Polarity::low,
                                 .trigger = Trigger::level,
                                 .masked = false,
                                 .processor = 5};
    EXPECT_EQ(entry.encode(), 0x0500'0000'0000'a034u);
}

TEST(Scale, IsExactToTheLastBit) {
    EXPECT_EQ(Scale::ratio(1'000'000'000, 1'000'000'000).factor, std::uint64_t{1} << 32);
    EXPECT_EQ(Scale::ratio(1, 3).factor, 0x5555'5555u);
    EXPECT_EQ(Scale::ratio(1'000'000'000, 2'595'932'417)(2'595'932'417), 999'999'999u);
    EXPECT_EQ(Scale::ratio(1, std::uint64_t{1} << 63)(~std::uint64_t{0}), 0u);
    auto const thousand_days = std::uint64_t{86'400} * 1000 * 2'595'932'417;
    EXPECT_NEAR(static_cast<double>(Scale::ratio(1'000'000'000, 2'595'932'417)(thousand_days)),
                86'400e12, 86'400e12 * 1e-9);
}

TEST(Calendar, CountsSeconds) {
    EXPECT_EQ(seconds_since_1970({1970, 1, 1, 0, 0, 0}), 0u);
    EXPECT_EQ(seconds_since_1970({2000, 2, 29, 12, 0, 1}), 951'825'601u);
    EXPECT_EQ(seconds_since_1970({2024, 1, 1, 0, 0, 0}), 1'704'067'200u);
    EXPECT_EQ(seconds_since_1970({2100, 3, 1, 0, 0, 0}), 4'107'542'400u);
}

TEST(Calendar, ReadsEveryWayAClockMayBeSet) {
    constexpr std::uint8_t hours_24 = 2, binary = 4;
    CivilTime const decimal = decode({.second = 0x59,
                                      .minute = 0x30,
                                      .hour = 0x23,
                                      .day = 0x31,
                                      .month = 0x12,
                                      .year = 0x26,
                                      .century = 0x20,
                                      .status_b = hours_24});
    EXPECT_EQ(decimal.year, 2026u);
    EXPECT_EQ(decimal.hour, 23u);
    EXPECT_EQ(decimal.second, 59u);
    EXPECT_EQ(decode({.hour = 23, .status_b = hours_24 | binary}).hour, 23u);
    EXPECT_EQ(decode({.hour = 0x91}).hour, 23u) << "11 at night";
    EXPECT_EQ(decode({.hour = 0x12}).hour, 0u) << "midnight";
    EXPECT_EQ(decode({.hour = 0x92}).hour, 12u) << "noon";
    EXPECT_EQ(decode({.year = 0x99, .century = 0xff}).year, 2099u) << "no century there";
}

TEST(KernelStack, KnowsWhoseGuardAnAddressIsIn) {
    KernelStack const stack{3, StackUse::non_maskable};
    auto const bottom = stack.top() - stack.bytes();
    EXPECT_EQ(KernelStack::guarded(bottom, 4), std::nullopt) << "inside";
    auto const found = KernelStack::guarded(bottom - 1, 4);
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->processor, 3u);
    EXPECT_EQ(found->use, StackUse::non_maskable);
    EXPECT_EQ(KernelStack::guarded(bottom - 1, 3), std::nullopt) << "no such processor";
    EXPECT_EQ(KernelStack::guarded(stack_area - 1, 4), std::nullopt);
}

} // namespace
} // namespace kernel::arch

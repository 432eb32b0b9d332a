// What the machine wants to see, computed without a machine.

#include <kernel/arch/x86_64/interrupt_route.hpp>
#include <kernel/arch/x86_64/kernel_stack.hpp>
#include <kernel/arch/x86_64/scale.hpp>

#include <gtest/gtest.h>

namespace kernel::arch {
namespace {

TEST(InterruptLine, PutsEachFieldInItsPlace) {
    InterruptRoute const route{.line = 17, .level = true, .active_low = true, .processor = 1};
    EXPECT_EQ(line_low(route, 0x51, false), 0xa051u);
    EXPECT_EQ(line_low({.line = 4}, 0x31, true), 0x1'0031u);
    EXPECT_EQ(line_high(5), 0x0500'0000u);
    EXPECT_EQ(remapped_line_high(0x34), 0x0069'0000u);
}

TEST(InterruptMessage, IsAddressedToOneProcessor) {
    EXPECT_EQ(message_to(0, 0x30).address, 0xfee0'0000u);
    EXPECT_EQ(message_to(0xab, 0x30).address, 0xfeea'b000u);
    EXPECT_EQ(message_to(0xab, 0xdf).data, 0xdfu) << "fixed, by edge";
    EXPECT_EQ(remapped_message_to(0xdf).address, 0xfee0'1bf0u);
}

TEST(RemappedInterrupt, LetsOneSourceThrough) {
    auto const message = RemappedInterrupt::of(false, 0xab, 0x34, 0x3'0118);
    EXPECT_EQ(message.low, 0x0000'ab00'0034'0003u);
    EXPECT_EQ(message.high, 0x4'0118u) << "all bits of the source are compared";
    EXPECT_EQ(RemappedInterrupt::of(true, 0, 0x34, 0).low, 0x0034'0013u);
    EXPECT_EQ(RemappedInterrupt{}.low & RemappedInterrupt::present, 0u);
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

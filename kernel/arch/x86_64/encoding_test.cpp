// What the machine wants to see, computed without a machine.

#include <kernel/arch/x86_64/interrupt_route.hpp>
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
    auto remapped = entry;
    remapped.remapped = true;
    EXPECT_EQ(remapped.encode(), 0x0069'0000'0000'a034u);
}

TEST(InterruptRoute, SaysTheSameToTheController) {
    LineRoute const route{
        .line = 17, .level = true, .active_low = true, .to = {.processor = 1, .vector = 0x51}};
    EXPECT_EQ(entry_of(route, 3, false).encode(), 0x0300'0000'0000'a051u);
    EXPECT_EQ(entry_of({.line = 4, .to = {.vector = 0x31}}, 0, true).encode(), 0x1'0031u);
}

TEST(InterruptMessage, IsAddressedToOneProcessor) {
    EXPECT_EQ(message_to(0, 0x30).address, 0xfee0'0000u);
    EXPECT_EQ(message_to(0xab, 0x30).address, 0xfeea'b000u);
    EXPECT_EQ(message_to(0xab, 0xdf).data, 0xdfu) << "fixed, by edge";
    EXPECT_EQ(remapped_message_to(0xdf).address, 0xfee0'1bf0u);
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

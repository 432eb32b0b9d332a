#include <runtime/clock.hpp>

#include <gtest/gtest.h>

namespace {

TEST(Clock, ScalesTheCounter) {
    abi::ClockPage page{};
    page.base_tsc = 1000;
    page.base_ns = 500;
    page.multiplier = abi::Word{1} << 31; // half a nanosecond a tick
    auto const at = [&](abi::Word tsc) {
        return runtime::detail::monotonic_ns(page, [&] { return tsc; });
    };
    EXPECT_EQ(at(1000), 500u);
    EXPECT_EQ(at(1100), 550u);
    EXPECT_EQ(at(900), 500u); // before the base: never back
    EXPECT_EQ(at(1000 + (abi::Word{1} << 62)), 500 + (abi::Word{1} << 61));
}

TEST(Clock, ReadsAgainWhenThePageChanges) {
    abi::ClockPage page{};
    page.multiplier = abi::Word{1} << 32;
    int reads = 0;
    auto const now = runtime::detail::monotonic_ns(page, [&]() -> abi::Word {
        if (++reads == 1) {
            page.sequence += 2;
            page.base_ns = 1000;
        }
        return 7;
    });
    EXPECT_EQ(reads, 2);
    EXPECT_EQ(now, 1007u);
}

} // namespace

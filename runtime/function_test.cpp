#include <runtime/function.hpp>

#include <gtest/gtest.h>

namespace {

TEST(Function, CallsWhatItHolds) {
    runtime::Function<int(int)> none;
    EXPECT_FALSE(static_cast<bool>(none));
    int sum = 0;
    runtime::Function<int(int)> add = [&sum](int n) { return sum += n; };
    auto copy = add;
    EXPECT_EQ(add(2), 2);
    EXPECT_EQ(copy(3), 5);
    none = add;
    EXPECT_EQ(none(1), 6);
}

} // namespace

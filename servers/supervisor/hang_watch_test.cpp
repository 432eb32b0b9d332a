#include <servers/supervisor/hang_watch.hpp>

#include <gtest/gtest.h>

using supervisor::HangWatch;

TEST(HangWatch, TimeWithoutTurnsIsAHang) {
    HangWatch watch(100);
    EXPECT_FALSE(watch.look(0, 50));
    EXPECT_TRUE(watch.look(0, 100));
    EXPECT_FALSE(watch.look(1, 150));
    EXPECT_FALSE(watch.look(1, 249));
    EXPECT_TRUE(watch.look(1, 250));
}

TEST(HangWatch, WaitingIsNone) {
    HangWatch watch(100);
    for (int i = 0; i < 1000; i++) EXPECT_FALSE(watch.look(7, 99));
}

TEST(HangWatch, NoLimitNoHang) {
    HangWatch watch(0);
    EXPECT_FALSE(watch.look(0, ~0ull));
}

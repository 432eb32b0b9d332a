#include <runtime/device/calendar.hpp>

#include <gtest/gtest.h>

namespace device {
namespace {

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

} // namespace
} // namespace device

#include <runtime/unit_map.hpp>

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <vector>

namespace {

using runtime::UnitMap;

TEST(UnitMap, AnEmptyOneGivesNothing) {
    UnitMap map;
    EXPECT_FALSE(map.allocate(1).has_value());
    map.release(0, 1);
    EXPECT_EQ(map.free(), 0u);
}

TEST(UnitMap, RunsSpanWords) {
    std::array<std::uint64_t, UnitMap::words_for(200)> bits{};
    UnitMap map(bits, 200);
    EXPECT_EQ(map.allocate(60), 0u);
    EXPECT_EQ(map.allocate(70), 60u);
    EXPECT_EQ(map.allocate(71), std::nullopt);
    EXPECT_EQ(map.allocate(70), 130u);
    EXPECT_EQ(map.free(), 0u);
    map.release(60, 70);
    EXPECT_EQ(map.allocate(70), 60u);
}

TEST(UnitMap, FullWordsAndTheLastUnit) {
    std::array<std::uint64_t, 2> bits{};
    UnitMap map(bits, 128);
    EXPECT_EQ(map.allocate(128), 0u);
    map.release(127, 1);
    EXPECT_FALSE(map.allocate(2).has_value());
    EXPECT_EQ(map.allocate(1), 127u);
}

TEST(UnitMap, AgreesWithAPlainArray) {
    constexpr std::size_t units = 150;
    std::array<std::uint64_t, UnitMap::words_for(units)> bits{};
    UnitMap map(bits, units);
    std::vector<bool> model(units);
    std::mt19937 random(3);
    for (int step = 0; step < 50'000; step++) {
        auto const count = 1 + random() % 20;
        auto const first = random() % units;
        switch (random() % 3) {
        case 0: {
            auto const got = map.allocate(count);
            bool possible = false;
            for (std::size_t at = 0, run = 0; at < units; at++) {
                run = model[at] ? 0 : run + 1;
                possible |= run >= count;
            }
            ASSERT_EQ(got.has_value(), possible);
            for (std::size_t i = 0; got && i < count; i++) {
                ASSERT_FALSE(model[*got + i]);
                model[*got + i] = true;
            }
            break;
        }
        case 1: {
            bool possible = first + count <= units;
            for (auto at = first; possible && at < first + count; at++) possible = !model[at];
            ASSERT_EQ(map.allocate_at(first, count), possible);
            for (auto at = first; possible && at < first + count; at++) model[at] = true;
            break;
        }
        default:
            map.release(first, count);
            for (auto at = first; first + count <= units && at < first + count; at++)
                model[at] = false;
        }
        std::size_t free = 0;
        for (std::size_t at = 0; at < units; at++) {
            ASSERT_EQ(map.taken(at), model[at]);
            free += !model[at];
        }
        ASSERT_EQ(map.free(), free);
    }
}

} // namespace

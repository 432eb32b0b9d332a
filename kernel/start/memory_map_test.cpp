#include <kernel/start/memory_map.hpp>

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace kernel {
namespace {

constexpr std::uint64_t page = abi::page_bytes;

base::Phys at(std::uint64_t number) { return {number * page}; }

TEST(MemoryMap, BeginsAsOneRangeOfDevices) {
    MemoryMap const map{at(100)};
    ASSERT_EQ(map.ranges().size(), 1u);
    EXPECT_EQ(map.bytes(MemoryUse::device), 100 * page);
}

TEST(MemoryMap, FreeMemoryIsRoundedInwardsAndOtherOutwards) {
    MemoryMap map{at(100)};
    ASSERT_TRUE(map.assign({page + 1}, {4 * page - 1}, MemoryUse::usable));
    EXPECT_TRUE(map.all(at(2), at(3), MemoryUse::usable));
    EXPECT_EQ(map.bytes(MemoryUse::usable), page);
    ASSERT_TRUE(map.assign({10 * page + 5}, {10 * page + 6}, MemoryUse::firmware));
    EXPECT_TRUE(map.all(at(10), at(11), MemoryUse::firmware));
}

TEST(MemoryMap, IgnoresWhatLiesAboveTheLimit) {
    MemoryMap map{at(100)};
    ASSERT_TRUE(map.assign(at(90), {~std::uint64_t{0}}, MemoryUse::usable));
    EXPECT_EQ(map.bytes(MemoryUse::usable), 10 * page);
    ASSERT_TRUE(map.assign(at(200), at(300), MemoryUse::usable));
    EXPECT_EQ(map.limit(), at(100));
}

TEST(MemoryMap, AFullMapRefusesAndStaysAsItWas) {
    MemoryMap map{at(10'000)};
    std::uint64_t number = 1;
    while (map.assign(at(number), at(number + 1), MemoryUse::usable)) number += 2;
    auto const usable = map.bytes(MemoryUse::usable);
    EXPECT_EQ(usable, (number - 1) / 2 * page);
    EXPECT_LE(map.ranges().size(), MemoryMap::most_ranges);
    EXPECT_TRUE(map.assign(at(0), at(10'000), MemoryUse::device)) << "less is always possible";
}

TEST(MemoryMap, FindsTheLowestRoom) {
    MemoryMap map{at(100)};
    ASSERT_TRUE(map.assign(at(10), at(12), MemoryUse::usable));
    ASSERT_TRUE(map.assign(at(20), at(30), MemoryUse::usable));
    EXPECT_EQ(map.find_usable(2 * page, at(0), at(100)), at(10));
    EXPECT_EQ(map.find_usable(3 * page, at(0), at(100)), at(20));
    EXPECT_EQ(map.find_usable(3 * page, at(25), at(100)), at(25));
    EXPECT_EQ(map.find_usable(3 * page, at(28), at(100)), std::nullopt);
    EXPECT_EQ(map.find_usable(11 * page, at(0), at(100)), std::nullopt);
}

TEST(MemoryMap, FindsTheLargestRange) {
    MemoryMap map{at(100)};
    EXPECT_EQ(map.largest(MemoryUse::usable).bytes(), 0u);
    ASSERT_TRUE(map.assign(at(10), at(12), MemoryUse::usable));
    ASSERT_TRUE(map.assign(at(20), at(30), MemoryUse::usable));
    EXPECT_EQ(map.largest(MemoryUse::usable).begin, at(20));
}

/// Against the plainest model there is: one use a page.
TEST(MemoryMap, AgreesWithAnArrayOfPages) {
    constexpr std::uint64_t pages = 64;
    std::mt19937 random{7};
    for (int round = 0; round < 200; round++) {
        MemoryMap map{at(pages)};
        std::vector<MemoryUse> model(pages, MemoryUse::device);
        for (int step = 0; step < 40; step++) {
            std::uint64_t const begin = random() % (pages + 8), end = random() % (pages + 8);
            auto const use = static_cast<MemoryUse>(random() % 6);
            ASSERT_TRUE(map.assign(at(begin), at(end), use));
            for (std::uint64_t n = begin; n < std::min(end, pages); n++) model[n] = use;

            auto const ranges = map.ranges();
            ASSERT_EQ(ranges.front().begin, at(0));
            ASSERT_EQ(ranges.back().end, at(pages));
            for (std::size_t n = 0; n < ranges.size(); n++) {
                ASSERT_LT(ranges[n].begin, ranges[n].end);
                if (n == 0) continue;
                ASSERT_EQ(ranges[n].begin, ranges[n - 1].end);
                ASSERT_NE(ranges[n].use, ranges[n - 1].use);
            }
            for (std::uint64_t n = 0; n < pages; n++) ASSERT_EQ(map.use_of(at(n)), model[n]);
        }
    }
}

} // namespace
} // namespace kernel

#include <runtime/slot_map.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <thread>
#include <vector>

namespace {

using runtime::SlotMap;

TEST(SlotMap, HasNoneUntilSomeAreAdded) {
    auto slots = std::make_unique<SlotMap>();
    EXPECT_FALSE(slots->allocate().has_value());
    EXPECT_FALSE(slots->allocate_adjacent(1).has_value());
}

TEST(SlotMap, GivesEachSlotOnce) {
    auto slots = std::make_unique<SlotMap>();
    slots->add(20, 256);
    std::set<std::uint16_t> seen;
    while (auto const slot = slots->allocate()) EXPECT_TRUE(seen.insert(*slot).second);
    EXPECT_EQ(seen.size(), 236u);
    EXPECT_EQ(*seen.begin(), 20u);
    EXPECT_EQ(*seen.rbegin(), 255u);
    slots->release(77);
    EXPECT_EQ(slots->allocate(), 77u);
    EXPECT_FALSE(slots->allocate().has_value());
    slots->add(256, 512);
    EXPECT_EQ(slots->allocate(), 256u);
}

TEST(SlotMap, AdjacentSlotsAreFreeAndAdjacent) {
    auto slots = std::make_unique<SlotMap>();
    slots->add(10, 256);
    EXPECT_EQ(slots->allocate(), 10u);
    EXPECT_EQ(slots->allocate_adjacent(4), 11u);
    EXPECT_EQ(slots->allocate(), 15u);
    slots->release(12);
    EXPECT_EQ(slots->allocate_adjacent(2), 16u);
    EXPECT_EQ(slots->allocate_adjacent(64), 64u);
    EXPECT_FALSE(slots->allocate_adjacent(65).has_value());
    EXPECT_FALSE(slots->allocate_adjacent(0).has_value());
}

TEST(SlotMap, ThreadsNeverShareASlot) {
    auto slots = std::make_unique<SlotMap>();
    slots->add(1, 1024);
    std::array<std::atomic<int>, 1024> holders{};
    auto const work = [&] {
        for (int round = 0; round < 20'000; round++) {
            auto const slot = slots->allocate();
            ASSERT_TRUE(slot.has_value());
            ASSERT_EQ(holders[*slot].fetch_add(1), 0);
            holders[*slot].fetch_sub(1);
            slots->release(*slot);
        }
    };
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; i++) threads.emplace_back(work);
    for (auto& thread : threads) thread.join();
}

} // namespace

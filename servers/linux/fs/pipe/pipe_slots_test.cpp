#include <servers/linux/fs/pipe/pipe_slots.hpp>

#include <servers/linux/fs/testing/environment.hpp>

#include <gtest/gtest.h>

#include <cstring>

namespace personality::testing {
namespace {

class Slots : public ::testing::Test {
protected:
    TestEnvironment world{256};
    PipeSlots ring{world.ram.pool};

    void put(std::size_t bytes, char fill, bool packet = false) {
        auto const page = ring.fresh_page();
        ASSERT_TRUE(page);
        std::memset(page->data(), fill, bytes);
        ring.push(bytes, packet);
    }
    char first() { return static_cast<char>(ring.front()[0]); }
};

TEST_F(Slots, IsFullWhenItsSlotsAre) {
    for (int i = 0; i < 16; i++) {
        EXPECT_FALSE(ring.full());
        put(1, 'a');
    }
    EXPECT_TRUE(ring.full());
    EXPECT_EQ(ring.size(), 16u);
    ring.pop(1);
    EXPECT_FALSE(ring.full());
}

TEST_F(Slots, AddsToTheLastSlotWhatFitsThere) {
    EXPECT_TRUE(ring.tail_room(1).empty()); // there is none
    put(4000, 'a');
    EXPECT_TRUE(ring.tail_room(97).empty());
    ASSERT_EQ(ring.tail_room(96).size(), 96u);
    ring.add_to_tail(96);
    EXPECT_EQ(ring.used(), 1u);
    EXPECT_EQ(ring.front().size(), page_bytes);
    ring.pop(100);
    EXPECT_TRUE(ring.tail_room(1).empty()); // what was read leaves no room
    put(1, 'b', true);
    EXPECT_TRUE(ring.tail_room(1).empty()); // nor does a packet
}

TEST_F(Slots, ResizesWithWhatIsInIt) {
    for (char c = 'a'; c < 'm'; c++) put(10, c);
    ring.drop(), ring.drop();
    EXPECT_EQ(ring.resize(8).error(), Errno::busy);
    EXPECT_TRUE(ring.resize(64));
    EXPECT_EQ(ring.capacity(), 64 * page_bytes);
    for (char c = 'c'; c < 'm'; c++) {
        EXPECT_EQ(first(), c);
        ring.pop(10);
    }
    EXPECT_TRUE(ring.empty());
    EXPECT_TRUE(ring.resize(1));
    put(1, 'z');
    EXPECT_TRUE(ring.full());
}

TEST_F(Slots, GivesSlotsToAnotherAndAllMemoryBack) {
    auto const before = world.ram.pool.free();
    {
        PipeSlots other(world.ram.pool);
        put(5, 'x');
        put(6, 'y', true);
        other.give(ring.take());
        other.give(ring.take());
        EXPECT_TRUE(ring.empty());
        EXPECT_EQ(other.size(), 11u);
        other.drop();
        EXPECT_TRUE(other.front_is_packet());
    }
    ring.clear();
    EXPECT_EQ(world.ram.pool.free(), before);
}

} // namespace
} // namespace personality::testing

#include <runtime/libc/range_set.hpp>

#include <gtest/gtest.h>

#include <bitset>
#include <random>
#include <vector>

namespace runtime::libc {
namespace {

TEST(RangeSet, gives_back_exactly_what_was_added) {
    RangeSet<4> set;
    ASSERT_TRUE(set.add({10, 20}));
    std::vector<Range> gone;
    set.remove({0, 12}, [&](Range range) { gone.push_back(range); });
    set.remove({15, 16}, [&](Range range) { gone.push_back(range); });
    set.remove({0, 100}, [&](Range range) { gone.push_back(range); });
    ASSERT_EQ(gone.size(), 4u);
    EXPECT_EQ(gone[0], (Range{10, 12}));
    EXPECT_EQ(gone[1], (Range{15, 16}));
    EXPECT_TRUE(set.ranges().empty());
}

// Against a set of bits: what is hidden is known, and whoever is told of it hears the truth.
TEST(RangeSet, agrees_with_a_set_of_bits) {
    std::minstd_rand random(7);
    RangeSet<6> set;
    std::bitset<256> hidden;
    for (int step = 0; step < 100'000; step++) {
        std::uintptr_t const begin = random() % 256;
        std::uintptr_t const end = begin + 1 + random() % (256 - begin);
        set.remove({begin, end}, [&](Range gone) {
            for (auto at = gone.begin; at < gone.end; at++) {
                ASSERT_TRUE(hidden[at]);
                hidden.reset(at);
            }
        });
        for (auto at = begin; at < end; at++) ASSERT_FALSE(hidden[at]);
        if (random() % 2 == 0 && set.add({begin, end}))
            for (auto at = begin; at < end; at++) hidden.set(at);
        std::bitset<256> now;
        for (auto const range : set.ranges())
            for (auto at = range.begin; at < range.end; at++) {
                ASSERT_FALSE(now[at]) << "two ranges overlap";
                now.set(at);
            }
        ASSERT_EQ(now, hidden);
    }
}

} // namespace
} // namespace runtime::libc

#include <servers/linux/machine/badge_table.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <set>

namespace personality {
namespace {

Task& nobody(std::uintptr_t number) { return *reinterpret_cast<Task*>(number * 64); }

TEST(BadgeTable, FindsWhoIsThereAndNobodyElse) {
    auto const table = std::make_unique<BadgeTable>();
    auto const first = table->add(nobody(1)), second = table->add(nobody(2));
    EXPECT_NE(first, 0u);
    EXPECT_EQ(table->find(first), &nobody(1));
    EXPECT_EQ(table->find(second), &nobody(2));
    EXPECT_EQ(table->find(0), nullptr);
    EXPECT_EQ(table->find(second + 1), nullptr);
}

TEST(BadgeTable, ABadgeIsNotUsedTwice) {
    auto const table = std::make_unique<BadgeTable>();
    std::set<abi::Word> seen;
    for (int i = 0; i < 1000; i++) {
        auto const badge = table->add(nobody(3));
        EXPECT_TRUE(seen.insert(badge).second);
        table->remove(badge);
        EXPECT_EQ(table->find(badge), nullptr);
    }
    auto const now = table->add(nobody(4));
    for (auto const old : seen) EXPECT_EQ(table->find(old), nullptr);
    EXPECT_EQ(table->find(now), &nobody(4));
}

TEST(BadgeTable, SaysWhenItIsFull) {
    auto const table = std::make_unique<BadgeTable>();
    abi::Word last = 0;
    for (std::size_t i = 0; i < BadgeTable::most; i++)
        ASSERT_NE(last = table->add(nobody(i + 1)), 0u);
    EXPECT_EQ(table->add(nobody(5)), 0u);
    table->remove(last);
    EXPECT_NE(table->add(nobody(5)), 0u);
}

} // namespace
} // namespace personality

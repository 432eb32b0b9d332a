#include <servers/linux/memory/area_set.hpp>

#include <gtest/gtest.h>

namespace personality {
namespace {

Area area(std::uint64_t start, std::uint64_t end, std::uint32_t protection = access::read) {
    return {.start = start, .end = end, .protection = protection};
}

TEST(AreaSet, JoinsWhatIsEqualAndAdjacent) {
    AreaSet set;
    ASSERT_TRUE(set.insert(area(0x1000, 0x2000)));
    ASSERT_TRUE(set.insert(area(0x3000, 0x4000)));
    EXPECT_EQ(set.all().size(), 2U);
    ASSERT_TRUE(set.insert(area(0x2000, 0x3000)));
    ASSERT_EQ(set.all().size(), 1U);
    EXPECT_EQ(set.all()[0]->end, 0x4000U);
    ASSERT_TRUE(set.insert(area(0x4000, 0x5000, access::write)));
    EXPECT_EQ(set.all().size(), 2U);
}

TEST(AreaSet, SplitsAndFinds) {
    AreaSet set;
    ASSERT_TRUE(set.insert(area(0x1000, 0x9000)));
    ASSERT_TRUE(set.split(0x3000));
    ASSERT_TRUE(set.split(0x3000));
    ASSERT_TRUE(set.split(0x9000));
    EXPECT_EQ(set.all().size(), 2U);
    EXPECT_EQ(set.at(0x2fff)->end, 0x3000U);
    EXPECT_EQ(set.at(0x3000)->start, 0x3000U);
    EXPECT_EQ(set.at(0x9000), nullptr);
    EXPECT_EQ(set.at(0xfff), nullptr);
    set.merge(0x1000, 0x9000);
    EXPECT_EQ(set.all().size(), 1U);
}

TEST(AreaSet, GapsAreTakenFromTheTop) {
    AreaSet set;
    EXPECT_EQ(set.find_gap(0x1000, 0x1000, 0x10000), 0xf000U);
    ASSERT_TRUE(set.insert(area(0xe000, 0x10000)));
    ASSERT_TRUE(set.insert(area(0x8000, 0xc000, access::write)));
    EXPECT_EQ(set.find_gap(0x2000, 0x1000, 0x10000), 0xc000U);
    EXPECT_EQ(set.find_gap(0x3000, 0x1000, 0x10000), 0x5000U);
    EXPECT_EQ(set.find_gap(0x7000, 0x1000, 0x10000), 0x1000U);
    EXPECT_EQ(set.find_gap(0x7001, 0x1000, 0x10000), 0U);
    EXPECT_EQ(set.find_gap(0x1000, 0x1000, 0x9000), 0x7000U);
}

TEST(AreaSet, AgreesWithASetOfPages) {
    // Random inserts and removes against a plain array.
    AreaSet set;
    constexpr std::uint64_t pages = 64;
    std::array<int, pages> model{};
    std::uint32_t seed = 1;
    auto const next = [&](std::uint32_t below) {
        seed = seed * 1664525 + 1013904223;
        return (seed >> 16) % below;
    };
    for (int round = 0; round < 3000; round++) {
        std::uint64_t const first = next(pages - 1), last = first + 1 + next(8);
        std::uint64_t const end = last < pages ? last : pages;
        ASSERT_TRUE(set.split(first * page_bytes));
        ASSERT_TRUE(set.split(end * page_bytes));
        set.remove(first * page_bytes, end * page_bytes);
        int const kind = static_cast<int>(next(3));
        if (kind != 0)
            ASSERT_TRUE(set.insert(
                area(first * page_bytes, end * page_bytes, static_cast<std::uint32_t>(kind))));
        for (std::uint64_t page = first; page < end; page++) model[page] = kind;
        for (std::uint64_t page = 0; page < pages; page++) {
            auto const* at = set.at(page * page_bytes);
            ASSERT_EQ(at ? static_cast<int>(at->protection) : 0, model[page]) << round;
        }
    }
}

} // namespace
} // namespace personality

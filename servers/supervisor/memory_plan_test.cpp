#include <servers/supervisor/memory_plan.hpp>

#include <gtest/gtest.h>
#include <vector>

using namespace supervisor;
using protocols::manifest::Service;

namespace {

constexpr std::uint64_t mib = 1 << 20;

std::vector<Service> services() {
    std::vector<Service> all(2);
    all[0].objects_bytes = 256 * 1024;
    all[1].objects_bytes = 8 * mib;
    all[1].objects_permille = 120;
    all[1].ram_permille = 950;
    all[1].ram_bytes = 24 * mib;
    return all;
}

MemoryPlan plan(std::uint64_t free) {
    auto const all = services();
    std::vector<std::uint64_t> const fixed{mib, 20 * mib};
    return plan_memory(free, all, fixed);
}

} // namespace

TEST(MemoryPlan, SharesAreOfWhatFixedSizesLeave) {
    auto const memory = plan(480 * mib);
    EXPECT_TRUE(memory[0].enough);
    EXPECT_EQ(memory[0].objects_bytes, 256 * 1024u);
    EXPECT_EQ(memory[0].ram_bytes, 0u);
    EXPECT_TRUE(memory[1].enough);
    EXPECT_EQ(memory[1].objects_bytes, 32 * mib);
    EXPECT_EQ(memory[1].ram_bytes % (2 * mib), 0u);
    EXPECT_EQ(memory[1].ram_bytes, 402 * mib); // of 424.75
}

TEST(MemoryPlan, NobodyGetsMoreThanThereIs) {
    for (std::uint64_t free = 0; free < 200 * mib; free += 777 * 1024) {
        auto const memory = plan(free);
        auto const sum = 21 * mib + memory[0].objects_bytes + memory[1].objects_bytes +
                         memory[1].ram_bytes + memory_reserve;
        if (memory[0].enough && memory[1].enough) EXPECT_LE(sum, free) << free;
    }
}

TEST(MemoryPlan, TooLittleIsSaid) {
    EXPECT_FALSE(plan(0)[0].enough);
    EXPECT_TRUE(plan(20 * mib)[0].enough);
    EXPECT_FALSE(plan(20 * mib)[1].enough);
    EXPECT_FALSE(plan(50 * mib)[1].enough);
    EXPECT_TRUE(plan(60 * mib)[1].enough);
}

#include <servers/supervisor/layout_plan.hpp>

#include <gtest/gtest.h>

using namespace supervisor;
using From = PlannedMapping::From;

namespace {

elf::Layout program() {
    elf::Layout layout{};
    layout.type = elf::FileType::fixed;
    layout.entry = 0x201000;
    layout.segment[0] = {0, 0x800, 0x200000, 0x800, abi::Protection::read};
    layout.segment[1] = {0x800, 0x1900, 0x201800, 0x1900, abi::Protection::read_execute};
    layout.segment[2] = {0x2100, 0x300, 0x204100, 0x5000, abi::Protection::read_write};
    layout.segments = 3;
    return layout;
}

} // namespace

TEST(LayoutPlan, TextStaysDataIsCopied) {
    auto const plan = LayoutPlan::make(program(), 0x8000, 0x10000);
    ASSERT_TRUE(plan);
    auto const mappings = plan->mappings();
    ASSERT_EQ(mappings.size(), 7u);
    EXPECT_EQ(mappings[2].from, From::program);
    EXPECT_EQ(mappings[2].page, 0u);
    EXPECT_EQ(mappings[2].pages, 1u);
    EXPECT_EQ(mappings[3].from, From::program);
    EXPECT_EQ(mappings[3].address, 0x201000u);
    EXPECT_EQ(mappings[3].pages, 3u); // 0x201800 to 0x203100
    EXPECT_EQ(mappings[4].from, From::own);
    EXPECT_EQ(mappings[4].page, 2u);
    EXPECT_EQ(mappings[4].pages, 6u); // 0x204100 to 0x209100
    ASSERT_EQ(plan->copies().size(), 1u);
    EXPECT_EQ(plan->copies()[0].file_offset, 0x2100u);
    EXPECT_EQ(plan->copies()[0].own_offset, 0x2100u);
    EXPECT_EQ(plan->copies()[0].bytes, 0x300u);
}

TEST(LayoutPlan, EveryMappingLiesInThePrivateMemoryAndNoneOverlap) {
    auto const plan = LayoutPlan::make(program(), 0x8000, 0x10000);
    ASSERT_TRUE(plan);
    EXPECT_EQ(plan->own_bytes(), (2 + 6 + 8 + 16) * 4096u);
    std::uint64_t next = 0;
    for (auto const& mapping : plan->mappings()) {
        if (mapping.from != From::own) continue;
        EXPECT_EQ(mapping.page, next);
        next += mapping.pages;
    }
    EXPECT_EQ(next * 4096, plan->own_bytes());
    EXPECT_EQ(plan->stack_offset(), 8 * 4096u);
    EXPECT_EQ(plan->stack_address() + plan->stack_bytes(), protocols::stack_top);
}

TEST(LayoutPlan, AReadOnlySegmentWithZerosBehindItIsCopied) {
    auto layout = program();
    layout.segment[0].memory_bytes = 0x900;
    auto const plan = LayoutPlan::make(layout, 0x1000, 0);
    ASSERT_TRUE(plan);
    EXPECT_EQ(plan->mappings()[2].from, From::own);
    EXPECT_EQ(plan->copies().size(), 2u);
    EXPECT_EQ(plan->mappings().size(), 6u); // no heap
}

TEST(LayoutPlan, WhatCannotRunIsRefused) {
    auto layout = program();
    layout.type = elf::FileType::movable;
    EXPECT_EQ(LayoutPlan::make(layout, 0x1000, 0).error(), LayoutProblem::not_fixed);
    layout = program();
    layout.interpreter = elf::Range{0, 10};
    EXPECT_EQ(LayoutPlan::make(layout, 0x1000, 0).error(), LayoutProblem::wants_interpreter);
    layout = program();
    layout.segment[2].address = protocols::start_page_address - 0x1000;
    EXPECT_EQ(LayoutPlan::make(layout, 0x1000, 0).error(), LayoutProblem::outside_program_area);
}

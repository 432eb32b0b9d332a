#include <servers/linux/memory/program_space.hpp>

#include <servers/linux/fs/testing/environment.hpp>
#include <servers/linux/machine/machine_fake.hpp>
#include <servers/linux/memory/anonymous_source.hpp>

#include <gtest/gtest.h>

namespace personality {
namespace {

constexpr std::uint32_t rw = access::read | access::write;
constexpr std::uint64_t base = 0x10'0000;

class ProgramSpaceTest : public ::testing::Test {
protected:
    ProgramSpaceTest() { space = make_space(); }
    Ref<ProgramSpace> make_space() { return *ProgramSpace::create(world.ram.pool, machine); }
    FramePool& frames() { return world.ram.pool; }
    std::map<std::uint64_t, testing::MachineFake::Page>& hardware(ProgramSpace& of) {
        return machine.spaces.at(of.handle().raw);
    }
    /// What a program's access does: the fault, then the mapping.
    Errno touch(ProgramSpace& of, std::uint64_t address, std::uint32_t how) {
        auto const run = of.fault(address, how);
        if (!run) return run.error();
        EXPECT_TRUE(of.put(*run));
        return Errno{};
    }

    testing::TestEnvironment world;
    testing::MachineFake machine;
    Ref<ProgramSpace> space;
};

TEST_F(ProgramSpaceTest, ReadsZerosFirstAndGetsAPageOfItsOwnWithAWrite) {
    ASSERT_TRUE(space->map({.start = base, .end = base + 0x4000, .protection = rw}));
    EXPECT_EQ(touch(*space, base, access::read), Errno{});
    EXPECT_EQ(hardware(*space)[base / page_bytes].frame, frames().zeros());
    EXPECT_EQ(hardware(*space)[base / page_bytes].protection, abi::Protection::read);
    EXPECT_EQ(touch(*space, base, access::write), Errno{});
    EXPECT_NE(hardware(*space)[base / page_bytes].frame, frames().zeros());
    EXPECT_EQ(hardware(*space)[base / page_bytes].protection, abi::Protection::read_write);
}

TEST_F(ProgramSpaceTest, SaysWhyAnAccessFails) {
    ASSERT_TRUE(space->map({.start = base, .end = base + 0x1000, .protection = access::read}));
    EXPECT_EQ(touch(*space, base + 0x1000, access::read), Errno::fault);
    EXPECT_EQ(touch(*space, base, access::write), Errno::acces);
    EXPECT_EQ(touch(*space, base, access::execute), Errno::acces);
    EXPECT_EQ(space->store(base, 1).error(), Errno::fault);
}

TEST_F(ProgramSpaceTest, ACopySharedWithAChildOutlivesItsSource) {
    auto const source = make<AnonymousSource>(frames());
    ASSERT_TRUE(space->map({.start = base,
                            .end = base + 0x1000,
                            .protection = rw,
                            .source = Ref<PageSource>(source)}));
    ASSERT_TRUE(space->store(base, 7));
    auto const child = *space->fork();
    source->pages_changed(0, 1);
    EXPECT_EQ(*space->load<int>(base), 7);
    EXPECT_EQ(*child->load<int>(base), 7);
    source->pages_changed(0, 1, true);
    EXPECT_EQ(*space->load<int>(base), 0);
}

TEST_F(ProgramSpaceTest, LimitsHoldOnEveryWayIn) {
    space->data_limit = 0x4000;
    EXPECT_EQ(space->map({.start = base, .end = base + 0x5000, .protection = rw}).error(),
              Errno::nomem);
    ASSERT_TRUE(space->map({.start = base, .end = base + 0x4000, .protection = rw}));
    // What is replaced doesn't count; what can't be written doesn't either.
    ASSERT_TRUE(space->map({.start = base, .end = base + 0x4000, .protection = rw}));
    ASSERT_TRUE(
        space->map({.start = base + 0x8000, .end = base + 0x9000, .protection = access::read}));
    EXPECT_EQ(space->remap(base, 0x4000, 0x5000, {.may_move = true}).error(), Errno::nomem);
    space->space_limit = 0x5000;
    EXPECT_EQ(space->map({.start = base + 0xa000, .end = base + 0xb000, .protection = access::read})
                  .error(),
              Errno::nomem);
}

TEST_F(ProgramSpaceTest, PagesMoveAndTheirRangeStays) {
    ASSERT_TRUE(space->map({.start = base, .end = base + 0x2000, .protection = rw}));
    ASSERT_TRUE(space->store(base, 7));
    auto const moved = space->remap(base, 0x2000, 0x2000, {.may_move = true, .keep = true});
    ASSERT_TRUE(moved);
    EXPECT_NE(*moved, base);
    EXPECT_EQ(*space->load<int>(*moved), 7);
    EXPECT_EQ(*space->load<int>(base), 0);
}

TEST_F(ProgramSpaceTest, CopiesForTheServerAcrossPages) {
    ASSERT_TRUE(space->map({.start = base, .end = base + 0x3000, .protection = rw}));
    std::vector<std::byte> const out(0x1800, std::byte{7});
    ASSERT_TRUE(space->copy_out(base + 0xc00, out));
    std::vector<std::byte> in(out.size());
    ASSERT_TRUE(space->copy_in(in, base + 0xc00));
    EXPECT_EQ(in, out);
    EXPECT_EQ(space->resident(), 3U);
    EXPECT_EQ(hardware(*space).size(), 3U);
}

TEST_F(ProgramSpaceTest, ForkSharesUntilOneSideWrites) {
    ASSERT_TRUE(space->map({.start = base, .end = base + 0x2000, .protection = rw}));
    ASSERT_TRUE(space->store(base, 1));
    auto const child = *space->fork();
    auto const frame = hardware(*space)[base / page_bytes].frame;
    EXPECT_EQ(hardware(*child)[base / page_bytes].frame, frame);
    EXPECT_EQ(hardware(*child)[base / page_bytes].protection, abi::Protection::read);
    EXPECT_EQ(hardware(*space)[base / page_bytes].protection, abi::Protection::read);

    ASSERT_TRUE(child->store(base, 2));
    EXPECT_EQ(*space->load<int>(base), 1);
    EXPECT_EQ(*child->load<int>(base), 2);
    EXPECT_NE(hardware(*child)[base / page_bytes].frame, frame);
    // Nobody else has the parent's now: it is written in place.
    ASSERT_TRUE(space->store(base, 3));
    EXPECT_EQ(hardware(*space)[base / page_bytes].frame, frame);
    EXPECT_EQ(*child->load<int>(base), 2);
}

TEST_F(ProgramSpaceTest, SharedMemoryStaysSharedAcrossFork) {
    Area area{.start = base, .end = base + 0x1000, .protection = rw, .shared = true};
    area.source = make<AnonymousSource>(frames());
    ASSERT_TRUE(space->map(area));
    auto const child = *space->fork();
    ASSERT_TRUE(child->store(base, 5));
    EXPECT_EQ(*space->load<int>(base), 5);
    EXPECT_EQ(space->shared_place(base)->object, child->shared_place(base)->object);
}

TEST_F(ProgramSpaceTest, GivesEveryFrameBack) {
    auto const before = frames().free();
    {
        auto const other = make_space();
        ASSERT_TRUE(other->map({.start = base, .end = base + 0x10'0000, .protection = rw}));
        ASSERT_TRUE(other->fill(base, std::byte{1}, 0x10'0000));
        auto const child = *other->fork();
        ASSERT_TRUE(child->fill(base, std::byte{2}, 0x8'0000));
        ASSERT_TRUE(other->unmap(base + 0x4000, base + 0x8000));
        EXPECT_LT(frames().free(), before);
    }
    EXPECT_EQ(frames().free(), before);
}

TEST_F(ProgramSpaceTest, MprotectTakesAwayAtOnceAndGivesWithTheNextFault) {
    ASSERT_TRUE(space->map({.start = base, .end = base + 0x3000, .protection = rw}));
    ASSERT_TRUE(space->fill(base, std::byte{1}, 0x3000));
    ASSERT_TRUE(space->protect(base + 0x1000, base + 0x2000, access::read));
    EXPECT_EQ(hardware(*space)[base / page_bytes + 1].protection, abi::Protection::read);
    EXPECT_EQ(space->areas().all().size(), 3U);
    EXPECT_EQ(touch(*space, base + 0x1000, access::write), Errno::acces);
    ASSERT_TRUE(space->protect(base + 0x1000, base + 0x2000, rw));
    EXPECT_EQ(space->areas().all().size(), 1U);
    EXPECT_EQ(touch(*space, base + 0x1000, access::write), Errno{});
    EXPECT_EQ(*space->load<char>(base + 0x1000), 1);
    ASSERT_TRUE(space->protect(base, base + 0x3000, access::none));
    EXPECT_TRUE(hardware(*space).empty());
    EXPECT_EQ(touch(*space, base, access::read), Errno::acces);
    EXPECT_EQ(space->protect(base, base + 0x4000, rw).error(), Errno::nomem);
}

TEST_F(ProgramSpaceTest, PagesThatAreWrittenAndRunChangeSides) {
    ASSERT_TRUE(
        space->map({.start = base, .end = base + 0x1000, .protection = rw | access::execute}));
    EXPECT_EQ(touch(*space, base, access::write), Errno{});
    EXPECT_EQ(touch(*space, base, access::execute), Errno{});
    EXPECT_EQ(hardware(*space)[base / page_bytes].protection, abi::Protection::read_execute);
    EXPECT_EQ(touch(*space, base, access::write), Errno{});
    EXPECT_EQ(hardware(*space)[base / page_bytes].protection, abi::Protection::read_write);
}

TEST_F(ProgramSpaceTest, TheStackGrowsToItsLimitAndKeepsItsDistance) {
    std::uint64_t const top = 0x7000'0000;
    space->stack_limit = 0x10'0000;
    ASSERT_TRUE(
        space->map({.start = top - 0x2000, .end = top, .protection = rw, .grows_down = true}));
    EXPECT_EQ(touch(*space, top - 0x8000, access::write), Errno{});
    EXPECT_EQ(space->areas().all()[0]->start, top - 0x8000);
    EXPECT_EQ(touch(*space, top - 0x10'1000, access::write), Errno::fault);
}

TEST_F(ProgramSpaceTest, RemapMovesPagesWithTheirBytes) {
    ASSERT_TRUE(space->map({.start = base, .end = base + 0x2000, .protection = rw}));
    ASSERT_TRUE(space->map({.start = base + 0x2000, .end = base + 0x3000, .protection = 1}));
    ASSERT_TRUE(space->store(base + 0x1000, 77));
    EXPECT_EQ(space->remap(base, 0x2000, 0x4000, {}).error(), Errno::nomem);
    auto const moved = space->remap(base, 0x2000, 0x4000, {.may_move = true});
    ASSERT_TRUE(moved);
    EXPECT_EQ(*space->load<int>(*moved + 0x1000), 77);
    EXPECT_EQ(space->load<int>(base).error(), Errno::fault);
    EXPECT_EQ(*space->remap(*moved, 0x4000, 0x1000, {}), *moved);
    EXPECT_EQ(space->load<int>(*moved + 0x1000).error(), Errno::fault);
}

TEST_F(ProgramSpaceTest, BreakMovesBothWays) {
    space->set_break_start(base);
    EXPECT_EQ(space->set_break(0, ~std::uint64_t{0}), base);
    EXPECT_EQ(space->set_break(base + 0x2345, ~std::uint64_t{0}), base + 0x2345);
    ASSERT_TRUE(space->store(base + 0x2000, 1));
    EXPECT_EQ(space->set_break(base + 0x10, ~std::uint64_t{0}), base + 0x10);
    EXPECT_EQ(space->store(base + 0x2000, 1).error(), Errno::fault);
    EXPECT_EQ(space->set_break(base + 0x10'0000, 0x1000), base + 0x10);
}

TEST_F(ProgramSpaceTest, RunsOutOfMemoryWithoutHarm) {
    ASSERT_TRUE(space->map({.start = base, .end = base + (64 << 20), .protection = rw}));
    auto const filled = space->fill(base, std::byte{1}, 64 << 20);
    ASSERT_FALSE(filled);
    EXPECT_EQ(filled.error(), Errno::nomem);
    EXPECT_FALSE(frames().can_take(1));
    ASSERT_TRUE(space->unmap(base, base + (64 << 20)));
    EXPECT_TRUE(frames().can_take(1000));
}

TEST_F(ProgramSpaceTest, PrivateFilePagesAreCopiedAndSharedOnesAreNot) {
    auto const file = make<AnonymousSource>(frames());
    Area shared{.start = base, .end = base + 0x2000, .protection = rw, .shared = true};
    shared.source = file;
    Area copied{.start = base + 0x10000, .end = base + 0x12000, .protection = rw};
    copied.source = file;
    ASSERT_TRUE(space->map(shared));
    ASSERT_TRUE(space->map(copied));
    ASSERT_TRUE(space->store(base, 1));
    EXPECT_EQ(*space->load<int>(base + 0x10000), 1);
    ASSERT_TRUE(space->store(base + 0x10000, 2));
    EXPECT_EQ(*space->load<int>(base), 1);
    // What the source takes away is looked up again; what was copied stays.
    file->pages_changed(0, 1);
    EXPECT_EQ(*space->load<int>(base + 0x10000), 2);
}

} // namespace
} // namespace personality

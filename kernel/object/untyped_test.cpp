// Untypeds: what they give out is zero, aligned, and nobody else's; what comes back is counted.

#include <kernel/call/again.hpp>
#include <kernel/testing/invariants.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <random>

namespace kernel {
namespace {

using testing::Program;
using testing::World;
namespace at = testing::at;

constexpr abi::CapAddress none{};

/// Blocks and ranges taken and given back at random, each filled with rubbish while it is out.
bool zero(std::byte const* first, std::uint64_t count) {
    return std::all_of(first, first + count, [](std::byte b) { return b == std::byte{0}; });
}

class Untypeds : public ::testing::TestWithParam<unsigned> {
protected:
    struct Piece {
        std::uint64_t start;
        std::uint64_t bytes;
        unsigned order; ///< of a block; 0: a range
    };

    World world; // the machine
    std::mt19937 dice{GetParam()};
    std::vector<Piece> out;
    std::uint64_t reached = 0; ///< end of the highest piece ever given out
    static constexpr std::uint64_t bytes = 1 << 20;
    /// Not aligned to its size, and full of rubbish at first.
    static constexpr base::Phys start{arch::FakeMachine::ram_start.raw + 0x43'0000};

    static std::byte* memory(std::uint64_t at) { return arch::to_virtual({at}); }
    void add(Untyped& untyped, Piece piece, bool clean) {
        ASSERT_GE(piece.start, untyped.base().raw);
        ASSERT_LE(piece.start + piece.bytes, untyped.base().raw + untyped.bytes());
        for (auto const& other : out)
            ASSERT_TRUE(piece.start + piece.bytes <= other.start ||
                        other.start + other.bytes <= piece.start)
                << "given out twice";
        if (clean) ASSERT_TRUE(zero(memory(piece.start), piece.bytes)) << "somebody's old data";
        out.push_back(piece);
        reached = std::max(reached, piece.start + piece.bytes);
    }

    void take_some(Untyped& untyped) {
        if (dice() % 2) {
            auto const order = static_cast<unsigned>(6 + dice() % 9);
            auto const block = untyped.take(order);
            if (!block) return;
            auto const place = arch::to_physical(*block).raw;
            ASSERT_EQ(place % (1u << order), 0u);
            ASSERT_NO_FATAL_FAILURE(add(untyped, {place, 1u << order, order}, true));
        } else {
            auto const size = abi::page_bytes * (1 + dice() % 20);
            auto const clearing = static_cast<Untyped::Clearing>(dice() % 3);
            bool const zeroed = clearing == Untyped::Clearing::whole;
            auto range = untyped.take_range(size, abi::page_bytes, clearing);
            while (!range && range.error() == again)
                range = untyped.take_range(size, abi::page_bytes, clearing);
            if (!range) return;
            if (clearing == Untyped::Clearing::reused && range->start.raw < reached)
                ASSERT_TRUE(
                    zero(memory(range->start.raw), std::min(size, reached - range->start.raw)))
                    << "what somebody had before";
            ASSERT_NO_FATAL_FAILURE(
                add(untyped, {range->start.raw, size, 0}, zeroed || range->clean));
            if (dice() % 4 == 0) {
                untyped.return_unused(range->start, size);
                out.pop_back();
                return;
            }
        }
        std::memset(memory(out.back().start), 0xa5, out.back().bytes);
    }

    void give_some_back(Untyped& untyped) {
        if (out.empty()) return;
        std::swap(out[dice() % out.size()], out.back());
        auto const piece = out.back();
        out.pop_back();
        if (piece.order != 0) {
            untyped.give_back(memory(piece.start), piece.order);
            return;
        }
        std::uint64_t done = 0;
        for (unsigned budget = 10;
             !untyped.give_back_range({piece.start}, piece.bytes, piece.bytes, done, budget);)
            budget = 10;
    }

    void check(Untyped& untyped) {
        std::uint64_t used = 0;
        for (auto const& piece : out) used += piece.bytes;
        ASSERT_EQ(untyped.free_bytes() + used, untyped.bytes());
        ASSERT_EQ(untyped.in_use(), !out.empty());
    }
};

TEST_P(Untypeds, GiveOutWhatIsFreeAndClean) {
    std::memset(memory(start.raw), 0xff, bytes);
    Untyped untyped{start, bytes, false, false, nullptr};
    untyped.caps = 1;
    for (unsigned i = 0; i < 3000; i++) {
        auto const filling = i / 300 % 2 == 0;
        if (dice() % 8 < (filling ? 6 : 2))
            ASSERT_NO_FATAL_FAILURE(take_some(untyped)) << i;
        else
            give_some_back(untyped);
        if (dice() % 50 == 0) (void)untyped.clear_ahead(dice() % bytes);
        ASSERT_NO_FATAL_FAILURE(check(untyped)) << i;
    }
    while (!out.empty()) give_some_back(untyped);
    EXPECT_EQ(untyped.free_bytes(), bytes);
    auto const whole = untyped.take_range(bytes, abi::page_bytes, Untyped::Clearing::none);
    EXPECT_TRUE(whole.has_value()) << "in one piece again";
}
INSTANTIATE_TEST_SUITE_P(Seeds, Untypeds, ::testing::Range(1u, 9u));

TEST(Retype, ThatFailsLeavesNoDirtBehind) {
    World world;
    auto& program = world.add_program({.bytes = 1 << 20});
    // Somebody's secrets in what is to be given out next.
    auto& untyped = *program.memory;
    auto const dirty = arch::to_virtual(untyped.base() + untyped.bump_);
    std::memset(dirty, 0x5a, untyped.bytes() - untyped.bump_);
    untyped.clean_ = untyped.bump_;
    // An Untyped whose record can't be paid: it is made and given back.
    auto const poor = world.make(program, abi::Kind::untyped, 4096);
    auto& records = world.object<Untyped>(program, poor);
    std::vector<std::byte*> taken;
    while (auto const block = records.take(6)) taken.push_back(*block);
    EXPECT_TRUE(world
                    .call<abi::UntypedRetype>(
                        program, program[at::untyped], abi::Kind::untyped, abi::Word{64 << 10},
                        poor, abi::Place{{}, program.free_slot()}, abi::Cache::write_back)
                    .failed(abi::Error::no_memory));
    auto const memory = world.make(program, abi::Kind::memory, 64 << 10);
    auto const* const first = arch::to_virtual(world.object<Memory>(program, memory).start());
    EXPECT_TRUE(zero(first, 64 << 10));
    for (auto* block : taken) records.give_back(block, 6);
    EXPECT_EQ(broken_invariants(world), "");
}

TEST(Retype, LeavesUnreadWhatNobodyHad) {
    World world;
    auto& program = world.add_program({.bytes = 1 << 20});
    auto& untyped = *program.memory;
    auto const bytes = abi::Word{64 << 10};
    auto const fresh = arch::to_virtual(untyped.base() + untyped.bump_);
    std::memset(fresh, 0x5a, untyped.bytes() - untyped.bump_); // what the firmware left
    untyped.clean_ = untyped.bump_;
    auto const take = [&](abi::CapAddress from, abi::Word size, std::uint16_t slot) {
        return world.call<abi::UntypedRetypeUnread>(program, from, size, none, abi::Place{{}, slot},
                                                    abi::Cache::write_back);
    };
    ASSERT_TRUE(take(program[at::untyped], bytes, 200).ok());
    auto* const memory = arch::to_virtual(world.object<Memory>(program, program[200]).start());
    EXPECT_EQ(memory[0], std::byte{0x5a});
    EXPECT_EQ(memory[bytes - 1], std::byte{0x5a});
    std::memset(memory, 0x77, bytes);
    EXPECT_TRUE(world.call<abi::PoolDelete>(program, program[at::pool], program[200]).ok());
    // What came back is zero, links of the free lists included; other pages are as they were.
    unsigned reused = 0;
    for (std::uint16_t slot = 200; slot < 224; slot++) {
        ASSERT_TRUE(take(program[at::untyped], abi::page_bytes, slot).ok());
        auto* const page = arch::to_virtual(world.object<Memory>(program, program[slot]).start());
        bool const again = zero(page, abi::page_bytes);
        reused += again;
        EXPECT_TRUE(again || std::count(page, page + abi::page_bytes, std::byte{0x5a}) ==
                                 std::ptrdiff_t{abi::page_bytes});
    }
    EXPECT_GT(reused, 0u);
    // An Untyped that was made of another does not give the right on.
    auto const part = world.make(program, abi::Kind::untyped, 256 << 10);
    EXPECT_TRUE(take(part, bytes, 240).failed(abi::Error::no_rights));
    EXPECT_EQ(broken_invariants(world), "");
}

TEST(Retype, MakesEveryKindAndTakesItBack) {
    World world;
    auto& program = world.add_program({.bytes = 1 << 20});
    auto const free = program.memory->free_bytes();
    for (auto const kind :
         {abi::Kind::cap_pool, abi::Kind::process, abi::Kind::thread, abi::Kind::address_space,
          abi::Kind::endpoint, abi::Kind::reply, abi::Kind::notification, abi::Kind::timer,
          abi::Kind::sched_context, abi::Kind::memory, abi::Kind::untyped}) {
        auto const sized = kind == abi::Kind::memory || kind == abi::Kind::untyped;
        auto const address = world.make(program, kind, sized ? 8192 : 0);
        EXPECT_EQ(program.pool->find(address)->object->kind, kind);
        EXPECT_EQ(broken_invariants(world), "");
        EXPECT_TRUE(world.call<abi::PoolDelete>(program, program[at::pool], address).ok());
        EXPECT_EQ(broken_invariants(world), "");
        EXPECT_TRUE(world.call<abi::PoolDelete>(program, program[at::pool], address)
                        .failed(abi::Error::stale_capability));
        EXPECT_EQ(program.memory->free_bytes(), free);
    }
}

TEST(Retype, RefusesWhatMakesNoSense) {
    World world;
    auto& program = world.add_program({.privileged = true, .bytes = 1 << 20});
    auto const before = program.memory->free_bytes();
    struct Case {
        abi::Kind kind;
        abi::Word size;
        abi::CapAddress records;
        abi::Cache cache;
        abi::Error error;
        std::uint16_t from = at::untyped;
    };
    constexpr auto back = abi::Cache::write_back;
    using enum abi::Error;
    using enum abi::Kind;
    for (auto const& [kind, size, records, cache, error, from] : std::initializer_list<Case>{
             {abi::Kind::none, 0, {}, back, bad_argument},
             {interrupt, 0, {}, back, bad_argument},
             {io_ports, 0, {}, back, bad_argument},
             {reserved, 0, {}, back, bad_argument},
             {control, 0, {}, back, bad_argument},
             {attachment, 0, {}, back, bad_argument},
             {static_cast<abi::Kind>(200), 0, {}, back, bad_argument},
             {endpoint, 4096, {}, back, bad_argument},
             {endpoint, 0, {}, abi::Cache::uncached, bad_argument},
             {endpoint, 0, program[at::device], back, bad_argument},
             {endpoint, 0, {}, back, bad_argument, at::device},
             {memory, 0, {}, back, bad_argument},
             {memory, 4095, {}, back, misaligned},
             {memory, 1 << 30, {}, back, no_memory},
             {memory, ~abi::Word{0} - 4095, {}, back, no_memory},
             {memory, 4096, {}, static_cast<abi::Cache>(3), bad_argument},
             {memory, 4096, program[at::device], back, bad_argument},
             {memory, 4096, program[at::pool], back, wrong_kind},
             {memory, 4096, {}, back, bad_argument, at::device},
             {untyped, 0, {}, back, misaligned},
             {untyped, 4096, {}, abi::Cache::uncached, bad_argument},
             {untyped, 2048, {}, back, misaligned},
             {untyped, 12288, {}, back, misaligned},
             {untyped, abi::Word{1} << 63, {}, back, no_memory},
             {untyped, 4096, {}, back, bad_argument, at::device},
         }) {
        auto const result =
            world.call<abi::UntypedRetype>(program, program[from], kind, size, records,
                                           abi::Place{{}, program.free_slot()}, cache);
        EXPECT_TRUE(result.failed(error))
            << static_cast<int>(kind) << " " << size << ": " << abi::name(result.error);
        EXPECT_EQ(program.memory->free_bytes(), before);
        EXPECT_EQ(broken_invariants(world), "");
    }
}

TEST(Retype, PaysRecordsFromWhereItIsTold) {
    World world;
    auto& program = world.add_program({.privileged = true, .bytes = 1 << 20});
    auto const records = world.make(program, abi::Kind::untyped, 64 << 10);
    auto const slot = program.free_slot();
    ASSERT_TRUE(world
                    .call<abi::UntypedRetype>(program, program[at::device], abi::Kind::memory,
                                              abi::Word{1} << 20, records, abi::Place{{}, slot},
                                              abi::Cache::uncached)
                    .ok());
    EXPECT_EQ(program.pool->slot(slot)->parent, program.pool->slot(at::device));
    // The records outlive the last capability of who paid them.
    EXPECT_TRUE(world.call<abi::PoolDelete>(program, program[at::pool], records).ok());
    EXPECT_EQ(broken_invariants(world), "");
    EXPECT_FALSE(program.pool->slot(slot)->empty());
    EXPECT_TRUE(world.call<abi::PoolDelete>(program, program[at::pool], program[slot]).ok());
    EXPECT_EQ(broken_invariants(world), "");
}

TEST(Retype, ZeroesInSteps) {
    World world{64 << 20};
    auto& program = world.add_program({.bytes = 32 << 20});
    std::memset(arch::to_virtual(program.memory->base() + (4 << 20)), 0x5a, 1 << 20);
    auto& thread = *program.thread;
    world.become(thread);
    world.prepare<abi::UntypedRetype>(thread, program[at::untyped], abi::Kind::memory,
                                      abi::Word{8} << 20, none, abi::Place{{}, 40},
                                      abi::Cache::write_back);
    unsigned rounds = 0;
    do {
        auto const rip = thread.frame.rip;
        world.enter_once(thread);
        ASSERT_EQ(broken_invariants(world), "");
        rounds++;
        if (thread.frame.rip != rip) break;
    } while (true);
    EXPECT_GT(rounds, 8u) << "256 KiB at a time";
    EXPECT_EQ(thread.frame.rax, 0u);
    auto const& memory = world.object<Memory>(program, program[40]);
    EXPECT_TRUE(zero(arch::to_virtual(memory.start()), 8 << 20));
}

TEST(Retype, ReapsWhenMemoryRunsOut) {
    World world;
    auto& program = world.add_program({.bytes = 1 << 20});
    auto const big = world.make(program, abi::Kind::untyped, 512 << 10);
    // Deleted, but not taken apart.
    unsigned budget = 10;
    teardown::remove(*program.pool->find(big), budget);
    ASSERT_FALSE(root().dying.empty());
    EXPECT_TRUE(world.make(program, abi::Kind::untyped, 512 << 10));
    EXPECT_TRUE(root().dying.empty());
    EXPECT_EQ(broken_invariants(world), "");
}

} // namespace
} // namespace kernel

// Who runs, for how long, and on whose time.

#include <kernel/sched/schedule.hpp>
#include <kernel/testing/invariants.hpp>

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace kernel {
namespace {

using testing::Program;
using testing::World;
namespace at = testing::at;

TEST(Schedule, RunsTheHighestPriority) {
    World world;
    auto& low = world.add_program({.priority = 10});
    EXPECT_EQ(world.current(), low.thread);
    auto& high = world.add_program({.priority = 20});
    EXPECT_EQ(world.current(), high.thread);
    EXPECT_TRUE(world.call<abi::ThreadSetPriority>(high, high[at::thread], abi::Word{5}).ok());
    leave_kernel();
    world.call<abi::Yield>(high, {});
    EXPECT_EQ(broken_invariants(world), "");
}

TEST(Schedule, TurnsEqualsRoundByTheSlice) {
    World world;
    auto& one = world.add_program();
    auto& two = world.add_program();
    world.processor().slice_end = schedule::slice_ns;
    schedule::arm_timer();
    std::map<Thread*, unsigned> turns;
    for (unsigned i = 0; i < 20; i++) {
        world.advance(schedule::slice_ns);
        turns[world.current()]++;
        EXPECT_EQ(broken_invariants(world), "");
    }
    EXPECT_EQ(turns[one.thread], 10u);
    EXPECT_EQ(turns[two.thread], 10u);
}

TEST(Schedule, ATurnEndsEvenIfSomebodyBetterIsWokenInTheSameMoment) {
    World world;
    auto& boss = world.add_program({.priority = 200});
    auto& one = world.add_program();
    auto& two = world.add_program();
    auto const notification = world.make(boss, abi::Kind::notification);
    world.processor().slice_end = schedule::slice_ns;
    schedule::arm_timer();
    std::map<Thread*, unsigned> turns;
    for (unsigned i = 1; i <= 20; i++) {
        world.become(*boss.thread);
        abi::Word const then = i * schedule::slice_ns;
        EXPECT_FALSE(world.call<abi::NotificationWait>(boss, notification, then).returned);
        turns[world.current()]++;
        world.advance(schedule::slice_ns);
        EXPECT_EQ(world.current(), boss.thread);
        EXPECT_EQ(broken_invariants(world), "");
    }
    EXPECT_EQ(turns[one.thread], 10u);
    EXPECT_EQ(turns[two.thread], 10u);
}

TEST(Schedule, ChargesNobodyForIdleTime) {
    World world;
    auto& program = world.add_program();
    auto const notification = world.make(program, abi::Kind::notification);
    EXPECT_FALSE(
        world.call<abi::NotificationWait>(program, notification, abi::Word{50'000'000}).returned);
    EXPECT_EQ(world.current(), nullptr);
    world.advance(100'000'000);
    EXPECT_EQ(world.current(), program.thread);
    auto const used = world.call<abi::SchedContextRead>(program, program[at::context]);
    EXPECT_LT(used.value, 60'000'000u);
    EXPECT_GE(used.value, 50'000'000u) << "since the deadline it runs";
    EXPECT_EQ(broken_invariants(world), "");
}

TEST(Schedule, ChargesThreadsThatShareAProcessorEachItsOwn) {
    World world;
    auto& one = world.add_program();
    auto& two = world.add_program();
    world.become(*one.thread);
    arch::fake_machine.tsc += 1000;
    world.become(*two.thread);
    arch::fake_machine.tsc += 300;
    world.become(*one.thread);
    EXPECT_EQ(world.call<abi::SchedContextRead>(one, one[at::context]).value, 1000u);
    EXPECT_EQ(world.call<abi::SchedContextRead>(two, two[at::context]).value, 300u);
}

TEST(Schedule, MovesAQueuedThreadToItsNewPriority) {
    World world;
    auto& boss = world.add_program({.priority = 200});
    auto& worker = world.add_program({.priority = 100});
    auto const handle = world.share(worker, worker[at::thread], boss);
    for (abi::Word const priority : {50u, 199u, 0u, 255u, 100u}) {
        EXPECT_TRUE(world.call<abi::ThreadSetPriority>(boss, handle, priority).ok());
        EXPECT_EQ(worker.thread->priority, priority);
        EXPECT_EQ(broken_invariants(world), "");
        EXPECT_EQ(world.current(), priority > 200 ? worker.thread : boss.thread);
    }
    EXPECT_TRUE(world.call<abi::ThreadSetPriority>(boss, handle, abi::Word{256})
                    .failed(abi::Error::bad_argument));
}

TEST(Schedule, KeepsTheCeiling) {
    World world;
    auto& boss = world.add_program();
    auto const minted =
        world.call<abi::PoolMint>(boss, boss[at::pool], boss.free_slot(), boss[at::thread],
                                  abi::all_rights, abi::Word{120}, abi::Word{0});
    ASSERT_TRUE(minted.ok());
    auto const limited = abi::CapAddress{static_cast<std::uint32_t>(minted.value)};
    EXPECT_TRUE(world.call<abi::ThreadSetPriority>(boss, limited, abi::Word{121})
                    .failed(abi::Error::no_rights));
    EXPECT_TRUE(world.call<abi::ThreadSetPriority>(boss, limited, abi::Word{120}).ok());
    EXPECT_TRUE(world
                    .call<abi::PoolMint>(boss, boss[at::pool], boss.free_slot(), limited,
                                         abi::all_rights, abi::Word{121}, abi::Word{0})
                    .failed(abi::Error::no_rights));
}

TEST(ReadyQueues, KnowTheHighest) {
    World world;
    auto& program = world.add_program({.bytes = 1 << 20});
    std::vector<Thread*> threads;
    for (unsigned i = 0; i < 12; i++) threads.push_back(&world.add_thread(program, 1));
    auto& ready = world.processor().ready;
    for (auto* thread : threads) schedule::unready(*thread);
    std::mt19937 dice{7};
    std::multimap<int, Thread*> model;
    for (unsigned i = 0; i < 5000; i++) {
        auto& thread = *threads[dice() % threads.size()];
        if (thread.queued) {
            ready.remove(thread);
            std::erase_if(model, [&](auto const& pair) { return pair.second == &thread; });
        } else {
            constexpr std::uint8_t priorities[] = {0, 1, 63, 64, 127, 128, 191, 192, 255};
            thread.priority = priorities[dice() % std::size(priorities)];
            ready.push_back(thread);
            model.emplace(thread.priority, &thread);
        }
        ASSERT_EQ(ready.highest(), model.empty() ? -1 : model.rbegin()->first);
        if (!model.empty() && dice() % 8 == 0) {
            auto& popped = ready.pop();
            ASSERT_EQ(&popped, model.find(model.rbegin()->first)->second) << "first in, first out";
            model.erase(model.find(popped.priority));
        }
    }
}

TEST(ExtendedState, BelongsToOneThread) {
    World world;
    auto& one = world.add_program();
    auto& two = world.add_program();
    auto& plain = world.add_program({.fpu_free = true});
    auto& machine = arch::fake_machine;
    world.become(*one.thread);
    machine.extended_registers.fill(std::byte{1});
    world.become(*plain.thread);
    EXPECT_TRUE(machine.extended_trapped) << "what is left of the last owner is out of reach";
    world.become(*two.thread);
    EXPECT_FALSE(machine.extended_trapped);
    EXPECT_EQ(machine.extended_registers[0], std::byte{0});
    machine.extended_registers.fill(std::byte{2});
    world.become(*plain.thread);
    world.become(*one.thread);
    EXPECT_EQ(machine.extended_registers[100], std::byte{1});
    // The owner ends while somebody else runs with its state left in place.
    world.become(*plain.thread);
    World::end(*one.process);
    world.remove(one, one[at::thread]);
    EXPECT_EQ(world.processor().fpu_owner, nullptr);
    world.become(*two.thread);
    EXPECT_EQ(machine.extended_registers[100], std::byte{2});
    EXPECT_EQ(broken_invariants(world), "");
}

TEST(SegmentBases, BelongToOneThread) {
    World world;
    auto& one = world.add_program();
    auto& two = world.add_program();
    auto& machine = arch::fake_machine;
    EXPECT_TRUE(world.call<abi::SetFsBase>(one, {}, abi::Word{0x1234000}).ok());
    EXPECT_EQ(machine.fs_base, 0x1234000u);
    machine.gs_base = 0x77; // WRGSBASE
    world.become(*two.thread);
    EXPECT_EQ(machine.fs_base, 0u);
    EXPECT_EQ(machine.gs_base, 0u);
    world.become(*one.thread);
    EXPECT_EQ(machine.fs_base, 0x1234000u);
    EXPECT_EQ(machine.gs_base, 0x77u);
    machine.fs_base = 0x99; // WRFSBASE
    EXPECT_TRUE(world.call<abi::SetFsBase>(one, {}, abi::Word{abi::user_end})
                    .failed(abi::Error::out_of_range));
    world.call<abi::Yield>(one, {});
    world.become(*two.thread);
    world.become(*one.thread);
    EXPECT_EQ(machine.fs_base, 0x99u);
}

} // namespace
} // namespace kernel

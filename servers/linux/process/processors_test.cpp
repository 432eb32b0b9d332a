// Where tasks run: at their beginning, when they are woken, when others share a processor with
// them.

#include <servers/linux/fs/testing/programs.hpp>

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace personality::testing {
namespace {

constexpr std::uint64_t nr_fork = 57, nr_pause = 34, nr_setaffinity = 203, nr_getaffinity = 204,
                        nr_getcpu = 309, nr_exit_group = 231, nr_futex = 202, nr_membarrier = 324;
constexpr UserAddress at = memory_start, word = memory_start + 64;

class ProcessorsTest : public Programs {
protected:
    ProcessorsTest() : Programs(4) {}

    FakeProgram fork(FakeProgram& parent) {
        auto const pid = *parent.call(nr_fork);
        auto* const process = system.tasks.process(static_cast<Pid>(pid));
        return FakeProgram(system, process, process->leader);
    }
    /// Where the kernel was told to run it.
    std::uint32_t place(FakeProgram const& program) {
        auto const there = machine.threads.at(program.task->thread.raw).processor;
        EXPECT_EQ(there, program.task->processor);
        return there;
    }
    std::int64_t confine(FakeProgram& program, std::uint64_t set) {
        program.put(at, set);
        return *program.call(nr_setaffinity, 0, 8, at);
    }
    std::uint64_t allowed(FakeProgram& program) {
        EXPECT_EQ(*program.call(nr_getaffinity, 0, 8, at), 8);
        return program.get<std::uint64_t>(at);
    }
    /// So long only these run, in turn.
    void pass_ms(std::uint64_t ms, std::vector<FakeProgram*> const& busy = {}) {
        for (auto* each : busy)
            machine.threads.at(each->task->thread.raw).processor_time +=
                ms * 1'000'000 / busy.size();
        world.clock.now += ms * 1'000'000;
        system.alarms.advance(system.now());
        run_ready(system);
    }
};

TEST_F(ProcessorsTest, AChildBeginsWhereItsParentRuns) {
    auto first = program();
    EXPECT_EQ(confine(first, 4), 0);
    auto const second = fork(first), third = fork(first);
    EXPECT_EQ(place(second), 2u);
    EXPECT_EQ(place(third), 2u);
}

TEST_F(ProcessorsTest, AffinityIsKeptAndHandedOn) {
    auto one = program();
    EXPECT_EQ(allowed(one), 0xfu);
    EXPECT_EQ(confine(one, 0x30), error(Errno::inval));
    EXPECT_EQ(confine(one, 0), error(Errno::inval));
    EXPECT_EQ(confine(one, 0xf4), 0);
    EXPECT_EQ(allowed(one), 4u);
    EXPECT_EQ(place(one), 2u);
    auto const child = fork(one);
    EXPECT_EQ(place(child), 2u);
    EXPECT_EQ(*one.call(nr_getcpu, at, 0, 0), 0);
    EXPECT_EQ(one.get<std::uint32_t>(at), 2u);
    EXPECT_EQ(confine(one, 3), 0);
    EXPECT_EQ(place(one), 0u);
    EXPECT_EQ(place(child), 2u);
}

TEST_F(ProcessorsTest, TheBusyMoveOver) {
    auto first = program();
    auto second = fork(first), third = fork(first), fourth = fork(first), fifth = fork(first);
    std::vector const all{&first, &second, &third, &fourth, &fifth};
    pass_ms(6, all);
    EXPECT_EQ(place(second), 0u);
    pass_ms(6, all);
    EXPECT_EQ((std::set{place(first), place(second), place(third), place(fourth)}),
              (std::set<std::uint32_t>{0, 1, 2, 3}));
    // Two of them share a processor: there is no emptier one.
    auto const where = place(fifth);
    pass_ms(5, all), pass_ms(5, all);
    EXPECT_EQ(place(fifth), where);
}

TEST_F(ProcessorsTest, WhoHasMovedIsStillBusy) {
    auto first = program(), second = fork(first);
    machine.used_by_a_move = 1000;
    pass_ms(5, {&first, &second}), pass_ms(5, {&first, &second});
    EXPECT_EQ(place(first), 1u);
    auto waiter = fork(first);
    EXPECT_EQ(waiter.call(nr_futex, word, 0, 0, 0), std::nullopt);
    system.futexes.wake(waiter.task->futex);
    EXPECT_EQ(*waiter.answer(), 0);
    EXPECT_NE(place(waiter), 1u);
}

TEST_F(ProcessorsTest, AllOfManyAreLookedAt) {
    auto first = program();
    std::vector<FakeProgram> idle;
    for (int i = 0; i < 12; i++) idle.push_back(fork(first));
    auto busy = fork(first);
    for (int i = 0; i < 8; i++) pass_ms(5, {&busy});
    EXPECT_NE(place(busy), 0u);
    EXPECT_EQ(place(first), 0u);
}

TEST_F(ProcessorsTest, WhoIsAlwaysInCallsStays) {
    auto one = program();
    auto two = fork(one);
    for (int i = 0; i < 10; i++) pass_ms(5);
    EXPECT_EQ(place(one), place(two));
    // And when nobody shares there is nothing to look at.
    EXPECT_EQ(two.call(nr_pause), std::nullopt);
    pass_ms(5);
    EXPECT_EQ(system.alarms.next(), never);
}

TEST_F(ProcessorsTest, WhoeverIsWokenLeavesABusyProcessor) {
    auto waiter = program();
    auto other = fork(waiter);
    EXPECT_EQ(waiter.call(nr_futex, word, 0, 0, 0), std::nullopt);
    auto const wake = [&] {
        system.futexes.wake(waiter.task->futex);
        EXPECT_EQ(*waiter.answer(), 0);
    };
    wake();
    EXPECT_EQ(place(waiter), 0u);
    EXPECT_EQ(waiter.call(nr_futex, word, 0, 0, 0), std::nullopt);
    pass_ms(5, {&other}); // once may be a mistake
    wake();
    EXPECT_EQ(place(waiter), 0u);
    EXPECT_EQ(waiter.call(nr_futex, word, 0, 0, 0), std::nullopt);
    pass_ms(5, {&other});
    wake();
    EXPECT_EQ(place(other), 0u);
    EXPECT_NE(place(waiter), 0u);
}

TEST_F(ProcessorsTest, TheConfinedStay) {
    auto one = program(), two = program();
    EXPECT_EQ(confine(one, 1), 0);
    EXPECT_EQ(confine(two, 1), 0);
    pass_ms(5), pass_ms(5), pass_ms(5);
    EXPECT_EQ(place(one), 0u);
    EXPECT_EQ(place(two), 0u);
}

TEST_F(ProcessorsTest, TimeIsCountedWhereItWasUsed) {
    auto one = program();
    auto& thread = machine.threads.at(one.task->thread.raw);
    thread.processor_time = 100;
    EXPECT_EQ(confine(one, 2), 0);
    thread.processor_time = 130;
    EXPECT_EQ(system.processors.used(0), 100u);
    EXPECT_EQ(system.processors.used(1), 30u);
    EXPECT_EQ(*one.call(nr_exit_group, 0), FakeProgram::gone);
    bury(system);
    EXPECT_EQ(system.processors.used(0), 100u);
    EXPECT_EQ(system.processors.used(1), 30u);
}

TEST_F(ProcessorsTest, ABarrierCallsInWhoeverRunsElsewhere) {
    auto one = program(), other = program(), third = program(), fourth = program();
    EXPECT_EQ(confine(other, 2), 0);
    EXPECT_EQ(confine(third, 4), 0);
    constexpr int global = 1;
    EXPECT_EQ(*one.call(nr_membarrier, global, 0, 0), 0);
    EXPECT_EQ(machine.threads.at(one.task->thread.raw).kicks, 0);
    EXPECT_EQ(machine.threads.at(other.task->thread.raw).kicks, 1);
    EXPECT_EQ(machine.threads.at(third.task->thread.raw).kicks, 1);
    EXPECT_EQ(machine.threads.at(fourth.task->thread.raw).kicks, 0);
}

} // namespace
} // namespace personality::testing

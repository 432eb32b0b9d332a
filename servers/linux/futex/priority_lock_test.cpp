// Locks that hand priority on: who gets them, at which priority the owner runs, what death leaves.

#include <servers/linux/fs/testing/programs.hpp>
#include <servers/linux/futex/priority_lock.hpp>
#include <servers/linux/memory/anonymous_source.hpp>
#include <servers/linux/memory/program_space.hpp>

#include <gtest/gtest.h>

namespace personality::testing {
namespace {

constexpr std::uint64_t nr_futex = 202, nr_fork = 57, nr_exit_group = 231, nr_setscheduler = 144;
constexpr int lock_pi = 6, unlock_pi = 7, trylock_pi = 8, fifo = 1;
constexpr UserAddress word = memory_start + 0x1'0000, other_word = word + 64;

class PriorityLock : public Programs {
protected:
    /// A program and its children share the page of the words.
    FakeProgram first() {
        auto made = program();
        auto source = make<AnonymousSource>(world.ram.pool);
        EXPECT_TRUE(made.process->memory->map({.start = word,
                                               .end = word + page_bytes,
                                               .protection = access::read | access::write,
                                               .shared = true,
                                               .source = source}));
        return made;
    }
    FakeProgram fork(FakeProgram& parent) {
        auto const pid = *parent.call(nr_fork);
        auto* process = system.tasks.process(static_cast<Pid>(pid));
        return FakeProgram(system, process, process->leader);
    }
    void real_time(FakeProgram& who, std::int32_t priority) {
        who.put(memory_start, priority);
        EXPECT_EQ(*who.call(nr_setscheduler, 0, fifo, memory_start), 0);
    }
    std::uint32_t rank(FakeProgram const& who) {
        return machine.threads.at(who.task->thread.raw).rank;
    }
};

TEST_F(PriorityLock, GoesToTheMostUrgent) {
    auto owner = first();
    auto modest = fork(owner), urgent = fork(owner);
    real_time(urgent, 50);
    EXPECT_EQ(*owner.call(nr_futex, word, lock_pi, 0, 0), 0);
    EXPECT_EQ(*owner.call(nr_futex, word, lock_pi, 0, 0), error(Errno::deadlk));
    EXPECT_EQ(*modest.call(nr_futex, word, trylock_pi, 0, 0), error(Errno::again));
    EXPECT_EQ(*modest.call(nr_futex, word, unlock_pi, 0, 0), error(Errno::perm));
    EXPECT_EQ(modest.call(nr_futex, word, lock_pi, 0, 0), std::nullopt);
    EXPECT_EQ(rank(owner), 0U);
    EXPECT_EQ(urgent.call(nr_futex, word, lock_pi, 0, 0), std::nullopt);
    EXPECT_EQ(rank(owner), 50U);
    EXPECT_EQ(*owner.call(nr_futex, word, unlock_pi, 0, 0), 0);
    EXPECT_EQ(rank(owner), 0U);
    EXPECT_EQ(*urgent.answer(), 0);
    EXPECT_EQ(modest.answer(), std::nullopt);
    EXPECT_EQ(owner.get<std::uint32_t>(word) & futex_word::tid_mask,
              static_cast<std::uint32_t>(urgent.task->tid));
}

TEST_F(PriorityLock, ACircleIsRefusedAndPriorityGoesAlongAChain) {
    auto a = first();
    auto b = fork(a), c = fork(a);
    EXPECT_EQ(*a.call(nr_futex, word, lock_pi, 0, 0), 0);
    EXPECT_EQ(*b.call(nr_futex, other_word, lock_pi, 0, 0), 0);
    EXPECT_EQ(b.call(nr_futex, word, lock_pi, 0, 0), std::nullopt);
    EXPECT_EQ(*a.call(nr_futex, other_word, lock_pi, 0, 0), error(Errno::deadlk));
    real_time(c, 9);
    EXPECT_EQ(c.call(nr_futex, other_word, lock_pi, 0, 0), std::nullopt);
    EXPECT_EQ(rank(b), 9U);
    EXPECT_EQ(rank(a), 9U);
}

TEST_F(PriorityLock, DeathHandsItOn) {
    auto parent = first();
    auto owner = fork(parent), waiter = fork(parent);
    EXPECT_EQ(*owner.call(nr_futex, word, lock_pi, 0, 0), 0);
    EXPECT_EQ(waiter.call(nr_futex, word, lock_pi, 0, 0), std::nullopt);
    owner.call(nr_exit_group, 0);
    EXPECT_EQ(*waiter.answer(), 0);
    EXPECT_NE(parent.get<std::uint32_t>(word) & futex_word::owner_died, 0U);
    parent.put(word, std::uint32_t{29999});
    EXPECT_EQ(*parent.call(nr_futex, word, lock_pi, 0, 0), error(Errno::srch));
}

} // namespace
} // namespace personality::testing

// The lock and the gates between real threads: nobody is behind a gate while another has the lock,
// and two that ask each other for something while both want the lock don't wait for ever.

#include <kernel/sched/kernel_lock.hpp>
#include <kernel/sched/remote.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <thread>

namespace kernel {
namespace {

/// A ring of processors without a kernel.
class Ring : public ::testing::Test {
protected:
    static constexpr unsigned count = 3;
    KernelLock lock;
    std::unique_ptr<Processor[]> processors{new Processor[count]};

    Ring() {
        for (unsigned i = 0; i < count; i++) {
            processors[i].number = i;
            processors[i].next = &processors[(i + 1) % count];
        }
    }
    void together(auto each) {
        std::vector<std::thread> threads;
        for (unsigned i = 0; i < count; i++) threads.emplace_back([&, i] { each(processors[i]); });
        for (auto& thread : threads) thread.join();
    }
};

TEST_F(Ring, GatesAndLockExcludeEachOther) {
    constexpr std::uint64_t rounds = 100'000;
    // Not atomic: what only its own processor, or whoever has the lock, may touch.
    std::array<std::uint64_t, count> own{};
    std::atomic<std::uint64_t> slow{0};
    together([&](Processor& self) {
        for (std::uint64_t i = 0; i < rounds; i++) {
            if (i % 8 != 0 && (self.gate.enter() || wait_at_gate(self))) {
                own[self.number]++;
                self.gate.leave();
                continue;
            }
            lock.acquire(self);
            for (auto& one : own) one++;
            slow++;
            lock.release(self);
        }
    });
    std::uint64_t sum = 0;
    for (auto const one : own) sum += one;
    EXPECT_EQ(sum, count * rounds - slow + count * slow);
    EXPECT_GE(slow, count * rounds / 8);
}

/// Each holds the lock and waits for all others to answer, who may be waiting for the lock: to wait
/// for it without answering (take out `serve` in KernelLock::wait) ends here, for ever.
TEST_F(Ring, WhoWaitsForTheLockAnswers) {
    constexpr unsigned rounds = 50;
    std::atomic<unsigned> at_work{count};
    together([&](Processor& self) {
        for (unsigned i = 0; i < rounds; i++) {
            lock.acquire(self);
            for (auto* other = self.next; other != &self; other = other->next) {
                other->mail.fetch_or(remote::look);
                while (other->mail.load() != 0) std::this_thread::yield();
            }
            lock.release(self);
            remote::serve(self); // in user mode: an interrupt
        }
        for (at_work--; at_work != 0; std::this_thread::yield()) remote::serve(self);
    });
}

/// Its gate is closed and the holder wants something: after a flush it may go through, once the
/// gate is open; anything else it has to choose anew for, with the lock.
TEST_F(Ring, WhoWaitsAtAClosedGateAnswers) {
    for (auto const [asked, goes_through] : {std::pair{0U, true}, std::pair{+remote::look, false},
                                             std::pair{+remote::come_in, false}}) {
        auto& waiter = processors[1];
        lock.acquire(processors[0]);
        ASSERT_FALSE(waiter.gate.enter());
        std::thread other([&] { EXPECT_EQ(wait_at_gate(waiter), goes_through); });
        while (!waiter.waiting.load()) std::this_thread::yield();
        waiter.mail.fetch_or(asked);
        while (asked != 0 && waiter.mail.load() != 0) std::this_thread::yield();
        lock.release(processors[0]);
        other.join();
        EXPECT_EQ(waiter.gate.closed(), goes_through);
        if (goes_through) waiter.gate.leave();
    }
}

/// Who goes through has not missed what its last holder posted before it opened.
TEST_F(Ring, ALookBehindTheGateIsSeen) {
    processors[1].mail.fetch_or(remote::look);
    EXPECT_FALSE(wait_at_gate(processors[1]));
    EXPECT_FALSE(processors[1].gate.closed());
    EXPECT_EQ(processors[1].mail.load(), 0U);
}

} // namespace
} // namespace kernel

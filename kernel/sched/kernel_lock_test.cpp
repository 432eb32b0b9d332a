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
            if (i % 8 != 0 && self.gate.enter()) {
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

} // namespace
} // namespace kernel

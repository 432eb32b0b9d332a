// Threads of the host over the table, with the host's own ways to wait.

#include <runtime/libc/wait_table.hpp>

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <sched.h>
#include <thread>
#include <vector>

namespace runtime::libc {
namespace {

struct Parking {
    std::mutex mutex;
    std::condition_variable changed;
    bool unparked = false;
};
std::array<Parking, 16> parking;
std::atomic<std::uint32_t> started = 0;
thread_local std::uint32_t const own = started++ % parking.size();

struct HostThreads {
    using ThreadId = std::uint32_t;
    class __attribute__((capability("lock"))) Lock {
    public:
        std::mutex mutex;
    };
    class __attribute__((scoped_lockable)) Guard {
    public:
        explicit Guard(Lock& lock) __attribute__((acquire_capability(lock))) : lock_(lock.mutex) {}
        ~Guard() __attribute__((release_capability())) {}

    private:
        std::lock_guard<std::mutex> lock_;
    };

    static ThreadId current_thread() { return own; }
    static std::uint64_t now_ns() {
        return static_cast<std::uint64_t>(
            std::chrono::steady_clock::now().time_since_epoch().count());
    }
    static void park(std::uint64_t deadline) {
        auto& at = parking[own];
        std::unique_lock lock(at.mutex);
        auto const woken = [&] { return at.unparked; };
        if (deadline == 0)
            at.changed.wait(lock, woken);
        else
            at.changed.wait_until(lock,
                                  std::chrono::steady_clock::time_point(std::chrono::nanoseconds(
                                      static_cast<std::int64_t>(deadline))),
                                  woken);
        at.unparked = false;
    }
    static void unpark(ThreadId thread) {
        auto& at = parking[thread];
        std::lock_guard const guard(at.mutex);
        at.unparked = true;
        at.changed.notify_one();
    }
};

using Table = WaitTable<HostThreads>;
using Outcome = Table::Outcome;

TEST(WaitTable, refuses_to_sleep_on_a_changed_value) {
    Table table;
    std::atomic<int> word = 1;
    EXPECT_EQ(table.wait(word, 0, 0), Outcome::changed);
}

TEST(WaitTable, sleeps_until_the_deadline_and_leaves_no_trace) {
    Table table;
    std::atomic<int> word = 0;
    auto const deadline = HostThreads::now_ns() + 2'000'000;
    EXPECT_EQ(table.wait(word, 0, deadline), Outcome::timed_out);
    EXPECT_GE(HostThreads::now_ns(), deadline);
    EXPECT_EQ(table.wake(word, 10), 0);
}

TEST(WaitTable, wakes_as_many_as_it_was_told) {
    Table table;
    std::atomic<int> word = 0, up = 0;
    std::vector<std::thread> sleepers;
    for (int i = 0; i < 4; i++)
        sleepers.emplace_back([&] {
            table.wait(word, 0, 0);
            up++;
        });
    int woken = 0;
    while (woken < 3) woken += table.wake(word, 3 - woken);
    while (up < 3) sched_yield();
    EXPECT_EQ(up, 3);
    while (table.wake(word, 1) == 0) sched_yield();
    for (auto& sleeper : sleepers) sleeper.join();
}

// A mutex as musl makes one: 0 free, 1 taken, 2 awaited. A lost wake-up hangs it.
TEST(WaitTable, carries_a_mutex) {
    Table table;
    std::atomic<int> word = 0;
    long counter = 0; // guarded by word
    auto const work = [&] {
        for (int i = 0; i < 20'000; i++) {
            int expected = 0;
            if (!word.compare_exchange_strong(expected, 1))
                while (word.exchange(2) != 0) {
                    auto const deadline = i % 3 == 0 ? HostThreads::now_ns() + 1000 : 0;
                    table.wait(word, 2, deadline);
                }
            counter++;
            if (word.exchange(0) == 2) table.wake(word, 1);
        }
    };
    {
        std::vector<std::thread> threads;
        for (int i = 0; i < 4; i++) threads.emplace_back(work);
        for (auto& thread : threads) thread.join();
    }
    EXPECT_EQ(counter, 80'000);
}

} // namespace
} // namespace runtime::libc

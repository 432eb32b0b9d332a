#pragma once
// Futexes in user space: which thread sleeps on which address. A sleeper's entry lies on its own
// stack, in the list of a bucket that the address chooses.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace runtime::libc {

/// `Host` says how its threads wait: types Lock, Guard and ThreadId, functions current_thread,
/// park, unpark (runtime/thread.hpp) and now_ns.
template <class Host> class WaitTable {
public:
    enum class Outcome { woken, changed, timed_out };

    /// Sleeps while nobody wakes `address`, unless it no longer holds `expected`. A deadline in
    /// monotonic ns, 0: none.
    Outcome wait(std::atomic<int> const& address, int expected, std::uint64_t deadline) {
        auto& bucket = bucket_of(&address);
        Sleeper self{.address = &address, .thread = Host::current_thread()};
        {
            typename Host::Guard const guard(bucket.lock);
            // Under the lock: a waker changes the value before it takes the lock to look for us.
            if (address.load(std::memory_order_relaxed) != expected) return Outcome::changed;
            bucket.append(self);
        }
        for (;;) {
            Host::park(deadline);
            if (self.woken.load(std::memory_order_acquire)) return Outcome::woken;
            if (deadline == 0 || Host::now_ns() < deadline) continue;
            typename Host::Guard const guard(bucket.lock);
            // A waker that had the lock before us has taken us out already.
            if (self.woken.load(std::memory_order_acquire)) return Outcome::woken;
            bucket.remove(self);
            return Outcome::timed_out;
        }
    }

    /// Wakes up to `most` sleepers, the longest sleeping first. Returns how many. Uses no
    /// thread-local memory, so that the last words of a thread may come here.
    int wake(std::atomic<int> const& address, int most) {
        auto& bucket = bucket_of(&address);
        int done = 0;
        for (; done < most; ++done) {
            std::optional<typename Host::ThreadId> thread;
            {
                typename Host::Guard const guard(bucket.lock);
                thread = bucket.take(address);
            }
            // Without the lock, since the sleeper may be more urgent and run at once.
            if (!thread) break;
            Host::unpark(*thread);
        }
        return done;
    }

private:
    struct Sleeper {
        std::atomic<int> const* address;
        typename Host::ThreadId thread;
        Sleeper* next = nullptr;
        /// Release by the waker, as its last touch of the sleeper; acquire by the sleeper.
        std::atomic<bool> woken = false;
    };
    /// Those who sleep on addresses that come here, the longest sleeping first.
    struct Bucket {
        typename Host::Lock lock;
        Sleeper* first __attribute__((guarded_by(lock))) = nullptr;

        void append(Sleeper& sleeper) __attribute__((requires_capability(lock))) {
            auto** at = &first;
            while (*at != nullptr) at = &(*at)->next;
            *at = &sleeper;
        }
        void remove(Sleeper& sleeper) __attribute__((requires_capability(lock))) {
            auto** at = &first;
            while (*at != &sleeper) at = &(*at)->next;
            *at = sleeper.next;
        }
        /// Takes out the longest sleeper on `address`.
        std::optional<typename Host::ThreadId> take(std::atomic<int> const& address)
            __attribute__((requires_capability(lock))) {
            for (auto** at = &first; *at != nullptr; at = &(*at)->next) {
                Sleeper& sleeper = **at;
                if (sleeper.address != &address) continue;
                *at = sleeper.next;
                auto const thread = sleeper.thread;
                // From here on its stack is its own again; an unpark too many is harmless.
                sleeper.woken.store(true, std::memory_order_release);
                return thread;
            }
            return std::nullopt;
        }
    };
    static constexpr std::size_t buckets = 64;
    std::array<Bucket, buckets> buckets_;

    Bucket& bucket_of(void const* address) {
        auto const bits = reinterpret_cast<std::uintptr_t>(address) >> 2;
        return buckets_[(bits ^ bits >> 6 ^ bits >> 14) % buckets];
    }
};

} // namespace runtime::libc

#pragma once
// A lock between threads of this process. Waiting is a wait at a Notification, never spinning: with
// fixed priorities a spinning thread could keep the owner from ever running. Memory of zeroes is
// a free lock; its Notification is made when two threads first meet at it.

#include <abi/capability.hpp>

#include <atomic>
#include <cstdint>

namespace runtime {

class __attribute__((capability("lock"))) Lock {
public:
    constexpr Lock() = default;
    Lock(Lock const&) = delete;
    Lock& operator=(Lock const&) = delete;

    void acquire() __attribute__((acquire_capability())) {
        auto expected = State::free;
        if (!state_.compare_exchange_strong(expected, State::held, std::memory_order_acquire))
            [[unlikely]]
            acquire_contended();
    }
    bool try_acquire() __attribute__((try_acquire_capability(true))) {
        auto expected = State::free;
        return state_.compare_exchange_strong(expected, State::held, std::memory_order_acquire);
    }
    void release() __attribute__((release_capability())) {
        // Partner: the acquire in acquire and acquire_contended.
        if (state_.exchange(State::free, std::memory_order_release) == State::awaited) [[unlikely]]
            wake_one();
    }

private:
    enum class State : std::uint32_t { free, held, awaited };

    std::atomic<State> state_ = State::free;
    std::atomic<std::uint32_t> notification_ = 0; ///< raw CapAddress, once made

    void acquire_contended();
    void wake_one();
    bool make_notification();
};

/// Holds a Lock while it lives.
class [[nodiscard]] __attribute__((scoped_lockable)) Guard {
public:
    explicit Guard(Lock& lock) __attribute__((acquire_capability(lock))) : lock_(&lock) {
        lock_->acquire();
    }
    ~Guard() __attribute__((release_capability())) { lock_->release(); }
    Guard(Guard const&) = delete;
    Guard& operator=(Guard const&) = delete;

private:
    Lock* lock_;
};

} // namespace runtime

#pragma once
// The lock between the server's threads. All that the server knows is guarded by it, but for what a
// thread has on its own stack and in its own message page. Who finds it taken looks again for a
// while, since the holder is on another processor and nearly done; then it waits in the kernel,
// since nothing keeps a holder from being preempted by a driver.

#include <runtime/lock.hpp>

#include <atomic>
#include <cstdint>

namespace personality {

class __attribute__((capability("lock"))) ServerLock {
public:
    void acquire() __attribute__((acquire_capability(), no_thread_safety_analysis)) {
        if (!lock_.try_acquire()) [[unlikely]]
            acquire_contended();
    }
    void release() __attribute__((release_capability(), no_thread_safety_analysis)) {
        lock_.release();
    }

    /// How often it was found taken.
    std::uint64_t contended() const { return contended_.load(std::memory_order_relaxed); }

private:
    static constexpr int looks = 2000;

    runtime::Lock lock_;
    std::atomic<std::uint64_t> contended_ = 0;

    void acquire_contended();
};

/// Holds it while it lives.
class [[nodiscard]] __attribute__((scoped_lockable)) ServerGuard {
public:
    explicit ServerGuard(ServerLock& lock) __attribute__((acquire_capability(lock))) : lock_(lock) {
        lock_.acquire();
    }
    ~ServerGuard() __attribute__((release_capability())) { lock_.release(); }
    ServerGuard(ServerGuard const&) = delete;
    ServerGuard& operator=(ServerGuard const&) = delete;

private:
    ServerLock& lock_;
};

} // namespace personality

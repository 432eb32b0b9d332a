#pragma once
// Who waits on which futex. A private futex is its space and address; a shared one the object its
// page comes from and the offset therein.

#include <servers/linux/call.hpp>
#include <servers/linux/user_memory.hpp>

#include <base/list.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace personality {

class Task;

struct FutexKey {
    std::uint64_t object = 0; ///< address of the space or of the page source
    std::uint64_t offset = 0;
    bool operator==(FutexKey const&) const = default;
};

struct FutexWaiter {
    enum class Kind : std::uint8_t {
        plain,
        lock,        ///< for a lock that hands its owner's priority on (futex/priority_lock.hpp)
        before_lock, ///< FUTEX_WAIT_REQUEUE_PI: to be moved to such a lock
    };
    FutexKey key;
    std::uint32_t bits = ~0U;
    Call* call = nullptr;
    FutexWaiter* next = nullptr;
    FutexWaiter** back = nullptr; ///< what points here; none: not in the table
    bool woken = false;
    Kind kind = Kind::plain;

    // Of one that waits, or is to wait, for a lock:
    FutexKey lock;
    UserAddress lock_address = 0; ///< in the waiter's own space
    Task* owner = nullptr;        ///< who has the lock
    base::Link owner_link;        ///< in the owner's `lock_waiters`
};

/// A hash table of waiters, which live in their tasks: waiting needs no memory.
class FutexTable {
public:
    void add(FutexWaiter& waiter);
    static void remove(FutexWaiter& waiter);
    /// Wake one that was found.
    static void wake(FutexWaiter& waiter);
    /// Wake up to `most` waiters of `key` with a common bit. Returns how many. EINVAL: they wait
    /// for a lock.
    Result<std::size_t> wake(FutexKey const& key, std::size_t most, std::uint32_t bits = ~0U);
    /// Wake `wakes` of those on `from` and let up to `moves` more wait on `to` instead. Returns how
    /// many were woken or moved.
    Result<std::size_t> requeue(FutexKey const& from, FutexKey const& to, std::size_t wakes,
                                std::size_t moves);
    /// The waiters of a key, first come first served: the first one behind `after`.
    FutexWaiter* next(FutexKey const& key, FutexWaiter const* after = nullptr);

private:
    static constexpr std::size_t buckets = 1024;
    std::array<FutexWaiter*, buckets> heads_{};
    FutexWaiter*& head(FutexKey const& key);
};

} // namespace personality

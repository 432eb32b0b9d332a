#pragma once
// Who waits on which futex. A private futex is its space and address; a shared one the object its
// page comes from and the offset therein.

#include <servers/linux/call.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace personality {

struct FutexKey {
    std::uint64_t object = 0; ///< address of the space or of the page source
    std::uint64_t offset = 0;
    bool operator==(FutexKey const&) const = default;
};

struct FutexWaiter {
    FutexKey key;
    std::uint32_t bits = ~0U;
    Call* call = nullptr;
    FutexWaiter* next = nullptr;
    FutexWaiter** back = nullptr; ///< what points here; none: not in the table
    bool woken = false;
};

/// A hash table of waiters, which live in their tasks: waiting needs no memory.
class FutexTable {
public:
    void add(FutexWaiter& waiter);
    static void remove(FutexWaiter& waiter);
    /// Wake up to `most` waiters of `key` with a common bit. Returns how many.
    std::size_t wake(FutexKey const& key, std::size_t most, std::uint32_t bits = ~0U);
    /// Let up to `most` waiters wait on `to` instead.
    std::size_t requeue(FutexKey const& from, FutexKey const& to, std::size_t most);

private:
    static constexpr std::size_t buckets = 1024;
    std::array<FutexWaiter*, buckets> heads_{};
    FutexWaiter*& head(FutexKey const& key);
};

} // namespace personality

#pragma once
// Locks in programs' memory that hand priority on (PI futexes). The word holds the owner's tid; who
// has to wait says so in it (FUTEX_WAITERS) and waits here, and meanwhile the owner runs at the
// waiter's priority, if that is the higher one.

#include <servers/linux/call.hpp>
#include <servers/linux/futex/futex_table.hpp>

#include <cstdint>

namespace personality {

namespace futex_word {
constexpr std::uint32_t waiters = 0x8000'0000, owner_died = 0x4000'0000, tid_mask = 0x3fff'ffff;
}

/// Take the lock at once: EAGAIN if it is taken. EDEADLK, ESRCH (no such owner), EINVAL (others
/// wait there, and not for a lock).
Outcome try_lock(Task& task, FutexKey const& key, UserAddress address);
/// Stand in line: true if there was no need to.
Result<bool> lock_or_wait(Task& task, FutexKey const& key, UserAddress address);
/// Leave the line.
void stop_waiting(Task& task);
/// Pass it on to the first in line. EPERM: it is not the task's.
Result<> unlock(Task& task, FutexKey const& key, UserAddress address);
/// FUTEX_CMP_REQUEUE_PI: those who wait on `from` to be moved here get the lock or stand in line.
/// Returns how many were.
Result<std::size_t> requeue_to_lock(Task& task, FutexKey const& from, FutexKey const& to,
                                    UserAddress address, std::size_t most);
/// The task is going: what it has goes on to others, marked FUTEX_OWNER_DIED.
void pass_on_locks(Task& task);
/// Its priority, or that of who waits for it, has changed.
void adjust_priority(Task& task);

} // namespace personality

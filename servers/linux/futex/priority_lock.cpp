#include <servers/linux/futex/priority_lock.hpp>

#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/system.hpp>

#include <algorithm>
#include <atomic>

namespace personality {

namespace {

using namespace futex_word;
using Kind = FutexWaiter::Kind;

/// Owners that wait for owners, at most: longer chains are circles.
constexpr unsigned longest_chain = 1024;

/// Replace the word if it is still `old`; the program's other threads may change it meanwhile.
Result<bool> replace(ProgramSpace& memory, UserAddress address, std::uint32_t old,
                     std::uint32_t value) {
    auto const bytes = TRY(memory.writable(address, sizeof(std::uint32_t)));
    std::atomic_ref word(*reinterpret_cast<std::uint32_t*>(bytes.data()));
    return word.compare_exchange_strong(old, value, std::memory_order_acq_rel);
}

Result<> set(ProgramSpace& memory, UserAddress address, std::uint32_t value) {
    auto const bytes = TRY(memory.writable(address, sizeof(std::uint32_t)));
    std::atomic_ref(*reinterpret_cast<std::uint32_t*>(bytes.data()))
        .store(value, std::memory_order_release);
    return {};
}

Task& task_of(FutexWaiter const& waiter) { return waiter.call->task; }

bool waits_for_lock(Task const& task) {
    return task.futex.kind == Kind::lock && task.futex.owner != nullptr;
}

/// The most urgent one in line; of equals who came first.
FutexWaiter* first_in_line(FutexTable& table, FutexKey const& key) {
    FutexWaiter* best = nullptr;
    for (auto* at = table.next(key); at != nullptr; at = table.next(key, at)) {
        if (at->kind != Kind::lock) continue;
        if (best == nullptr || task_of(*at).priority > task_of(*best).priority) best = at;
    }
    return best;
}

bool would_wait_for_itself(Task const& task, Task const* owner) {
    for (unsigned i = 0; i < longest_chain; i++) {
        if (owner == &task) return true;
        if (!waits_for_lock(*owner)) return false;
        owner = owner->futex.owner;
    }
    return true;
}

void stand_in_line(Task& task, FutexKey const& key, UserAddress address, Task& owner) {
    auto& waiter = task.futex;
    FutexTable::remove(waiter);
    waiter.key = key;
    waiter.kind = Kind::lock;
    waiter.lock_address = address;
    task.system().futexes.add(waiter);
    waiter.owner = &owner;
    owner.lock_waiters.push_back(waiter);
    adjust_priority(owner);
}

/// Take the lock for `task`, or find who has it. Nothing: the task has it now.
Result<Task*> take(Task& task, FutexKey const& key, UserAddress address, bool others_follow) {
    auto& table = task.system().futexes;
    auto const* const there = table.next(key);
    if (there != nullptr && there->kind != Kind::lock) return fail(Errno::inval);
    for (;;) {
        auto const word = TRY(task.memory().load<std::uint32_t>(address));
        auto const tid = static_cast<Pid>(word & tid_mask);
        if (tid == task.tid) return fail(Errno::deadlk);
        if (tid == 0) {
            auto const mark = there != nullptr || others_follow ? waiters : 0;
            auto const mine = static_cast<std::uint32_t>(task.tid) | (word & owner_died) | mark;
            if (TRY(replace(task.memory(), address, word, mine))) return nullptr;
            continue;
        }
        auto* const owner = task.system().tasks.task(tid);
        if (owner == nullptr || owner->state == Task::State::ended) return fail(Errno::srch);
        if (there != nullptr && there->owner != owner) return fail(Errno::inval);
        return owner;
    }
}

/// The first in line gets the lock.
void hand_over(FutexTable& table, FutexWaiter& first, std::uint32_t mark) {
    Task& heir = task_of(first);
    auto const key = first.key;
    auto const word = static_cast<std::uint32_t>(heir.tid) | waiters | mark;
    // If the word is gone so is the lock; the heir finds out.
    static_cast<void>(set(heir.memory(), first.lock_address, word));
    FutexTable::wake(first);
    for (auto* at = table.next(key); at != nullptr; at = table.next(key, at)) {
        if (at->kind != Kind::lock) continue;
        base::List<FutexWaiter, &FutexWaiter::owner_link>::remove(*at);
        at->owner = &heir;
        heir.lock_waiters.push_back(*at);
    }
    adjust_priority(heir);
}

} // namespace

Outcome try_lock(Task& task, FutexKey const& key, UserAddress address) {
    return TRY(take(task, key, address, false)) == nullptr ? Outcome(0) : Errno::again;
}

Result<bool> lock_or_wait(Task& task, FutexKey const& key, UserAddress address) {
    for (;;) {
        auto* const owner = TRY(take(task, key, address, false));
        if (owner == nullptr) return true;
        if (would_wait_for_itself(task, owner)) return fail(Errno::deadlk);
        auto const word = TRY(task.memory().load<std::uint32_t>(address));
        if (static_cast<Pid>(word & tid_mask) != owner->tid) continue;
        if (!TRY(replace(task.memory(), address, word, word | waiters))) continue;
        stand_in_line(task, key, address, *owner);
        return false;
    }
}

void stop_waiting(Task& task) {
    auto* const owner = task.futex.owner;
    FutexTable::remove(task.futex);
    if (owner != nullptr) adjust_priority(*owner);
}

Result<> unlock(Task& task, FutexKey const& key, UserAddress address) {
    auto& table = task.system().futexes;
    for (;;) {
        auto const word = TRY(task.memory().load<std::uint32_t>(address));
        if (static_cast<Pid>(word & tid_mask) != task.tid) return fail(Errno::perm);
        auto const* const there = table.next(key);
        if (there != nullptr && there->kind != Kind::lock) return fail(Errno::inval);
        if (auto* const first = first_in_line(table, key)) {
            if (first->owner != &task) return fail(Errno::inval);
            hand_over(table, *first, 0);
            adjust_priority(task);
            return {};
        }
        if (TRY(replace(task.memory(), address, word, 0))) return {};
    }
}

Result<std::size_t> requeue_to_lock(Task& task, FutexKey const& from, FutexKey const& to,
                                    UserAddress address, std::size_t most) {
    auto& table = task.system().futexes;
    std::size_t done = 0;
    while (done < most) {
        auto* const waiter = table.next(from);
        if (waiter == nullptr) break;
        if (waiter->kind != Kind::before_lock || waiter->lock != to) return fail(Errno::inval);
        Task& other = task_of(*waiter);
        bool const more = done + 1 < most && table.next(from, waiter) != nullptr;
        // The word is the same one, wherever it lies in the waiter's space.
        auto const own = waiter->lock_address;
        auto* const owner = TRY(take(other, to, own, more));
        if (owner == nullptr) {
            FutexTable::wake(*waiter);
        } else {
            if (would_wait_for_itself(other, owner)) return fail(Errno::deadlk);
            auto const word = TRY(task.memory().load<std::uint32_t>(address));
            if (!TRY(replace(task.memory(), address, word, word | waiters))) continue;
            stand_in_line(other, to, own, *owner);
        }
        done++;
    }
    return done;
}

void pass_on_locks(Task& task) {
    auto& table = task.system().futexes;
    while (!task.lock_waiters.empty()) {
        auto& any = task.lock_waiters.front();
        hand_over(table, *first_in_line(table, any.key), owner_died);
    }
}

void adjust_priority(Task& task) {
    auto* at = &task;
    for (unsigned i = 0; at != nullptr && i < longest_chain; i++) {
        auto wanted = at->schedule.rank();
        for (auto const& waiter : at->lock_waiters)
            wanted = std::max(wanted, task_of(waiter).priority);
        if (wanted == at->priority) return;
        at->priority = wanted;
        if (at->thread) at->system().machine.set_priority(at->thread, wanted);
        at = waits_for_lock(*at) ? at->futex.owner : nullptr;
    }
}

} // namespace personality

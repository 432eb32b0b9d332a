#include <servers/linux/futex/futex_table.hpp>

namespace personality {

FutexWaiter*& FutexTable::head(FutexKey const& key) {
    std::uint64_t const mixed = (key.object ^ key.offset >> 2) * 0x9e37'79b9'7f4a'7c15;
    return heads_[mixed >> 54];
}

void FutexTable::add(FutexWaiter& waiter) {
    remove(waiter);
    // At the end: who waited first is woken first.
    FutexWaiter** at = &head(waiter.key);
    while (*at != nullptr) at = &(*at)->next;
    *at = &waiter;
    waiter.back = at;
    waiter.next = nullptr;
    waiter.woken = false;
}

void FutexTable::remove(FutexWaiter& waiter) {
    if (waiter.owner_link.linked())
        base::List<FutexWaiter, &FutexWaiter::owner_link>::remove(waiter);
    waiter.owner = nullptr;
    if (waiter.back == nullptr) return;
    *waiter.back = waiter.next;
    if (waiter.next != nullptr) waiter.next->back = waiter.back;
    waiter.next = nullptr;
    waiter.back = nullptr;
}

FutexWaiter* FutexTable::next(FutexKey const& key, FutexWaiter const* after) {
    auto* at = after != nullptr ? after->next : head(key);
    while (at != nullptr && at->key != key) at = at->next;
    return at;
}

void FutexTable::wake(FutexWaiter& waiter) {
    remove(waiter);
    waiter.woken = true;
    if (waiter.call != nullptr && waiter.call->ready != nullptr)
        waiter.call->ready->push(*waiter.call);
}

Result<std::size_t> FutexTable::wake(FutexKey const& key, std::size_t most, std::uint32_t bits) {
    std::size_t woken = 0;
    for (FutexWaiter* at = head(key); at != nullptr && woken < most;) {
        FutexWaiter& waiter = *at;
        at = at->next;
        if (waiter.key != key) continue;
        if (waiter.kind != FutexWaiter::Kind::plain) return fail(Errno::inval);
        if ((waiter.bits & bits) == 0) continue;
        wake(waiter);
        woken++;
    }
    return woken;
}

Result<std::size_t> FutexTable::requeue(FutexKey const& from, FutexKey const& to, std::size_t wakes,
                                        std::size_t moves) {
    std::size_t const woken = wakes != 0 ? TRY(wake(from, wakes)) : 0;
    std::size_t moved = 0;
    for (FutexWaiter* at = head(from); at != nullptr && moved < moves;) {
        FutexWaiter& waiter = *at;
        at = at->next;
        if (waiter.key != from) continue;
        if (waiter.kind != FutexWaiter::Kind::plain) return fail(Errno::inval);
        moved++;
        if (from == to) continue;
        remove(waiter);
        waiter.key = to;
        add(waiter);
    }
    return woken + moved;
}

} // namespace personality

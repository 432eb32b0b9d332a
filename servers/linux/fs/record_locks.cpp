#include <servers/linux/fs/record_locks.hpp>

#include <algorithm>
#include <new>
#include <utility>

namespace personality {

RecordLocks::~RecordLocks() {
    while (first_ != nullptr) drop(&first_);
}

RecordLocks::Node* RecordLocks::make_node(RecordLock const& lock) {
    void* const piece = count_ < most ? memory_.allocate(sizeof(Node)) : nullptr;
    if (piece == nullptr) return nullptr;
    count_++;
    return new (piece) Node{lock};
}

void RecordLocks::drop(Node** at) {
    SmallMemory::release(std::exchange(*at, (*at)->next));
    count_--;
}

/// The one range of an owner that reaches beyond both ends of another, if there is one.
bool RecordLocks::cut_in_two(std::uint64_t first, std::uint64_t last, void const* owner) const {
    for (auto const* node = first_; node != nullptr; node = node->next)
        if (node->lock.owner == owner && node->lock.first < first && node->lock.last > last)
            return true;
    return false;
}

RecordLock const* RecordLocks::conflict(RecordLock const& wanted) const {
    for (auto const* node = first_; node != nullptr; node = node->next) {
        auto const& lock = node->lock;
        if (lock.owner != wanted.owner && lock.meets(wanted) &&
            (lock.exclusive || wanted.exclusive))
            return &lock;
    }
    return nullptr;
}

Result<> RecordLocks::set(RecordLock const& wanted) {
    auto* node = make_node(wanted);
    if (node == nullptr) return fail(Errno::nolck);
    if (auto const cleared = clear(wanted.first, wanted.last, wanted.owner); !cleared) {
        drop(&node);
        return cleared;
    }
    // Neighbours of the same kind become one, so that a program that locks byte by byte does not
    // make a list as long as its file.
    for (Node** at = &first_; *at != nullptr;) {
        auto const& lock = (*at)->lock;
        bool const same = lock.owner == wanted.owner && lock.exclusive == wanted.exclusive;
        bool const before = lock.last != ~std::uint64_t{0} && lock.last + 1 == node->lock.first;
        bool const behind =
            node->lock.last != ~std::uint64_t{0} && node->lock.last + 1 == lock.first;
        if (same && (before || behind)) {
            node->lock.first = std::min(node->lock.first, lock.first);
            node->lock.last = std::max(node->lock.last, lock.last);
            drop(at);
        } else {
            at = &(*at)->next;
        }
    }
    Node** at = place_for(node->lock);
    node->next = *at;
    *at = node;
    return {};
}

/// Locks of one owner stand together, by their beginnings; a new owner's come last.
RecordLocks::Node** RecordLocks::place_for(RecordLock const& lock) {
    Node** at = &first_;
    while (*at != nullptr && (*at)->lock.owner != lock.owner) at = &(*at)->next;
    while (*at != nullptr && (*at)->lock.owner == lock.owner && (*at)->lock.first < lock.first)
        at = &(*at)->next;
    return at;
}

Result<> RecordLocks::clear(std::uint64_t first, std::uint64_t last, void const* owner) {
    // A range that is cut in its middle needs a second record: have it before anything is changed.
    Node* spare = nullptr;
    if (cut_in_two(first, last, owner) && (spare = make_node({})) == nullptr)
        return fail(Errno::nolck);
    bool any = false;
    for (Node** at = &first_; *at != nullptr;) {
        auto& lock = (*at)->lock;
        if (lock.owner != owner || lock.first > last || lock.last < first) {
            at = &(*at)->next;
            continue;
        }
        any = true;
        if (lock.first < first && lock.last > last) {
            spare->lock = lock;
            spare->lock.first = last + 1;
            lock.last = first - 1;
            spare->next = (*at)->next;
            (*at)->next = spare;
            break;
        }
        if (lock.first < first) {
            lock.last = first - 1;
            at = &(*at)->next;
        } else if (lock.last > last) {
            lock.first = last + 1;
            at = &(*at)->next;
        } else {
            drop(at);
        }
    }
    if (any) released.wake_all();
    return {};
}

void RecordLocks::clear_all(void const* owner) {
    bool any = false;
    for (Node** at = &first_; *at != nullptr;) {
        if ((*at)->lock.owner == owner) {
            drop(at);
            any = true;
        } else {
            at = &(*at)->next;
        }
    }
    if (any) released.wake_all();
}

Result<> WholeLocks::lock(void const* owner, bool exclusive) {
    RecordLock const wanted{.exclusive = exclusive, .owner = owner};
    if (locks_.conflict(wanted) != nullptr) {
        // Converting gives the old lock up first, as flock(2) warns.
        locks_.clear_all(owner);
        return fail(Errno::again);
    }
    return locks_.set(wanted);
}

} // namespace personality

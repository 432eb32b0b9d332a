#include <servers/linux/fs/record_locks.hpp>

#include <algorithm>
#include <memory>
#include <new>

namespace personality {

RecordLocks::~RecordLocks() {
    while (first_ != nullptr) delete std::exchange(first_, first_->next);
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
    std::unique_ptr<Node> node(new (std::nothrow) Node{wanted});
    if (!node) return fail(Errno::nolck);
    if (auto const cleared = clear(wanted.first, wanted.last, wanted.owner); !cleared)
        return cleared;
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
            delete std::exchange(*at, (*at)->next);
        } else {
            at = &(*at)->next;
        }
    }
    node->next = first_;
    first_ = node.release();
    return {};
}

Result<> RecordLocks::clear(std::uint64_t first, std::uint64_t last, void const* owner) {
    // A range that is cut in its middle needs a second record: have it before anything is changed.
    std::unique_ptr<Node> spare(new (std::nothrow) Node);
    if (!spare) return fail(Errno::nolck);
    bool any = false;
    for (Node** at = &first_; *at != nullptr;) {
        auto& lock = (*at)->lock;
        if (lock.owner != owner || lock.first > last || lock.last < first) {
            at = &(*at)->next;
            continue;
        }
        any = true;
        if (lock.first < first && lock.last > last) {
            // Only one of the owner's ranges can reach beyond both ends.
            spare->lock = lock;
            spare->lock.first = last + 1;
            lock.last = first - 1;
            spare->next = first_;
            first_ = spare.release();
            break;
        }
        if (lock.first < first) {
            lock.last = first - 1;
            at = &(*at)->next;
        } else if (lock.last > last) {
            lock.first = last + 1;
            at = &(*at)->next;
        } else {
            delete std::exchange(*at, (*at)->next);
        }
    }
    if (any) released.wake_all();
    return {};
}

void RecordLocks::clear_all(void const* owner) {
    bool any = false;
    for (Node** at = &first_; *at != nullptr;) {
        if ((*at)->lock.owner == owner) {
            delete std::exchange(*at, (*at)->next);
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

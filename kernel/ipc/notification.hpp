#pragma once
// Notification: 64 independent bits. Signal sets some; wait takes all that are set. A Notification
// may be bound to one thread, whose receives then end on a signal too.

#include <kernel/object/object.hpp>
#include <kernel/object/thread_queue.hpp>

namespace kernel {

class Notification : public ObjectOf<abi::Kind::notification> {
public:
    using Rights = abi::NotificationRights;

    /// Set `bits`: hand them to whoever waits, or keep them.
    void signal(std::uint64_t bits);
    /// The same; a thread that they have woken is left to the caller, who lets it run.
    Thread* raise(std::uint64_t bits) {
        bits_ |= bits;
        return bits_ && (bound_ || !waiters_.empty()) ? deliver() : nullptr;
    }

    /// Take all bits that are set; 0 if none is.
    std::uint64_t take() {
        auto const bits = bits_;
        bits_ = 0;
        return bits;
    }
    bool any() const { return bits_ != 0; }

    /// The thread that a signal would wake now; null if it would just be kept.
    Thread* would_wake() const;

    ThreadQueue& waiters() { return waiters_; }
    Thread* bound() const { return bound_; }
    void bind(Thread* thread) { bound_ = thread; }

    bool destroy(unsigned& budget);

private:
    std::uint64_t bits_ = 0;
    Thread* bound_ = nullptr;
    ThreadQueue waiters_;

    Thread* deliver();
};

} // namespace kernel

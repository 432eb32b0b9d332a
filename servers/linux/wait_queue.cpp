#include <servers/linux/wait_queue.hpp>

namespace personality {

void Waiter::leave() {
    if (queue_ != nullptr) queue_->remove(*this);
}

WaitQueue::~WaitQueue() {
    // What was waited for is gone: whoever waits looks again and finds that out.
    wake_all();
    while (first_ != nullptr) remove(*first_);
}

void WaitQueue::add(Waiter& waiter) {
    waiter.leave();
    waiter.queue_ = this;
    waiter.next_ = nullptr;
    waiter.previous_ = last_;
    (last_ != nullptr ? last_->next_ : first_) = &waiter;
    last_ = &waiter;
}

void WaitQueue::remove(Waiter& waiter) {
    if (cursor_ == &waiter) cursor_ = waiter.next_;
    (waiter.previous_ != nullptr ? waiter.previous_->next_ : first_) = waiter.next_;
    (waiter.next_ != nullptr ? waiter.next_->previous_ : last_) = waiter.previous_;
    waiter.next_ = waiter.previous_ = nullptr;
    waiter.queue_ = nullptr;
}

std::size_t WaitQueue::wake(std::size_t most, std::uint32_t events) {
    // A wake may take any waiters off, this one and others: the cursor is moved on by `remove`.
    // Those who join meanwhile stand behind `last` and are left alone.
    std::size_t woken = 0;
    Waiter* const last = last_;
    Waiter* const outer = cursor_;
    cursor_ = first_;
    bool done = cursor_ == nullptr;
    bool served = false;
    while (!done && cursor_ != nullptr && woken < most) {
        Waiter& waiter = *cursor_;
        done = &waiter == last;
        cursor_ = waiter.next_;
        if (waiter.interest != 0 && (waiter.interest & events) == 0) continue;
        if (waiter.exclusive && served) continue;
        woken++;
        waiter.wake(waiter);
        if (waiter.exclusive) served |= waiter.served;
    }
    cursor_ = outer;
    return woken;
}

void WaitQueue::wake_all(std::uint32_t events) {
    if (first_ != nullptr) wake(~std::size_t{0}, events);
}

std::size_t WaitQueue::wake_some(std::size_t most, std::uint32_t events) {
    return wake(most, events);
}

} // namespace personality

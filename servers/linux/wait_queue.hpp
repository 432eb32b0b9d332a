#pragma once
// How calls wait without a thread. A call that can't go on registers on the queues of what it waits
// for and returns `blocked`. A wake takes it off all its queues and puts it on the ready list; the
// keeper loop then runs it again from the start, with its arguments and its progress, and it looks
// whether it can go on now. Between a look and the registration nobody else runs: no wake is lost.

#include <cstddef>
#include <cstdint>

namespace personality {

class WaitQueue;

/// One registration on one queue. `wake` is called when the queue is woken; it usually takes the
/// waiter off again. Epoll items and polls of several files have theirs as members.
class Waiter {
public:
    using Wake = void (*)(Waiter&);

    Waiter() = default;
    Waiter(Waiter const&) = delete;
    Waiter& operator=(Waiter const&) = delete;
    ~Waiter() { leave(); }

    bool waiting() const { return queue_ != nullptr; }
    void leave();

    void* owner = nullptr;
    Wake wake = nullptr;
    /// What the waiter is interested in, in the queue's own terms (poll events); 0: everything.
    std::uint32_t interest = 0;
    /// One such waiter is enough: of those that stand on a queue, a wake goes no further than the
    /// first whose `wake` sets `served` (EPOLLEXCLUSIVE).
    bool exclusive = false;
    bool served = false;

private:
    friend class WaitQueue;
    Waiter* next_ = nullptr;
    Waiter* previous_ = nullptr;
    WaitQueue* queue_ = nullptr;
};

class WaitQueue {
public:
    WaitQueue() = default;
    WaitQueue(WaitQueue const&) = delete;
    WaitQueue& operator=(WaitQueue const&) = delete;
    /// Wakes everybody: what they wait for is gone.
    ~WaitQueue();

    bool empty() const { return first_ == nullptr; }
    void add(Waiter& waiter);
    void remove(Waiter& waiter);

    /// Wake everybody who is interested in one of `events`.
    void wake_all(std::uint32_t events = ~0U);
    /// The same, first come first served, at most `most`. Returns how many.
    std::size_t wake_some(std::size_t most, std::uint32_t events = ~0U);

private:
    Waiter* first_ = nullptr;
    Waiter* last_ = nullptr;
    Waiter* cursor_ = nullptr; ///< of the wake in progress

    std::size_t wake(std::size_t most, std::uint32_t events);
};

} // namespace personality

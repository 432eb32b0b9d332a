#pragma once
// How calls wait without a thread. A call that can't go on registers on the queues of what it waits
// for and returns `blocked`. A wake takes it off all its queues and puts it on the ready list; the
// keeper loop then runs it again from the start, with its arguments and its progress, and it looks
// whether it can go on now. Between a look and the registration nobody else runs: no wake is lost.

#include <servers/linux/errno.hpp>

#include <base/list.hpp>

#include <cstddef>

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
    WaitQueue* queue() const { return queue_; }
    void leave();

    void* owner = nullptr;
    Wake wake = nullptr;
    /// What the waiter is interested in, in the queue's own terms (poll events, a futex's bitset);
    /// 0: everything.
    std::uint32_t interest = 0;
    /// Free for the queue's user: the futex it waits on.
    std::uint64_t key = 0;

private:
    friend class WaitQueue;
    base::Link link_;
    WaitQueue* queue_ = nullptr;
};

class WaitQueue {
public:
    WaitQueue() = default;
    ~WaitQueue();

    bool empty() const { return first_ == nullptr; }
    void add(Waiter& waiter);
    void remove(Waiter& waiter);

    /// Wake everybody who is interested in one of `events`.
    void wake_all(std::uint32_t events = ~0U);
    /// Wake those interested in one of `events` whose key is `key`, first come first served, at
    /// most `most`. Returns how many.
    std::size_t wake_some(std::size_t most, std::uint64_t key, std::uint32_t events = ~0U);

private:
    friend class Waiter;
    // A list with its ends here, so that an empty queue is two words that may be moved about.
    base::Link* first_ = nullptr;
    base::Link* last_ = nullptr;

    static Waiter& owner(base::Link& link);
};

} // namespace personality

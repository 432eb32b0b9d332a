#pragma once
// Threads in a line: first come, first served. A thread stands in at most one.

#include <base/list.hpp>

namespace kernel {

class Thread;

/// The part of a Thread that stands in queues.
struct Queued {
    base::Link queue_link;
};

class ThreadQueue {
public:
    bool empty() const { return list_.empty(); }
    inline Thread& front();
    inline void push_back(Thread& thread);
    inline void push_front(Thread& thread);
    void drop_front() { list_.drop_front(); }
    static inline void remove(Thread& thread);

private:
    using List = base::List<Queued, &Queued::queue_link>;
    List list_;
};

} // namespace kernel

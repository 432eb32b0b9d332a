#pragma once
// Deadlines in order, through links in what waits for them. Deadlines are monotonic ns.

#include <abi/capability.hpp>
#include <base/list.hpp>

namespace runtime {

/// Something that is due at a time. Must not be destroyed while it is in a queue.
struct Due {
    base::Link link;
    abi::Word deadline = 0;
};

class TimerQueue {
public:
    /// Enter `due`, or move it. Equal deadlines keep their order.
    void arm(Due& due, abi::Word deadline) {
        cancel(due);
        due.deadline = deadline;
        for (auto& other : queue_) {
            if (other.deadline > deadline) return List::insert_before(other, due);
        }
        queue_.push_back(due);
    }
    static void cancel(Due& due) {
        if (due.link.linked()) List::remove(due);
    }

    /// The next deadline; 0 if there is none.
    abi::Word next() { return queue_.empty() ? 0 : queue_.front().deadline; }
    /// Take out one that is due at `now`; nullptr if there is none.
    Due* pop(abi::Word now) {
        if (queue_.empty() || queue_.front().deadline > now) return nullptr;
        return &queue_.pop_front();
    }

private:
    using List = base::List<Due, &Due::link>;
    List queue_;
};

} // namespace runtime

#pragma once
// Timer: a deadline that signals a Notification, once.

#include <kernel/cap/teardown.hpp>
#include <kernel/time/deadline.hpp>

namespace kernel {

class Timer : public ObjectOf<abi::Kind::timer> {
public:
    using Rights = abi::TimerRights;

    Reference notification{*this};
    Deadline deadline{*this};

    bool destroy(unsigned& budget) {
        deadline.cancel();
        return teardown::remove(notification, budget);
    }
};

} // namespace kernel

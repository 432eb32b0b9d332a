#pragma once
// Timer: a deadline that signals a Notification, once.

#include <kernel/cap/slot.hpp>
#include <kernel/time/deadline.hpp>

namespace kernel {

class Timer : public ObjectOf<abi::Kind::timer> {
public:
    using Rights = abi::TimerRights;

    Reference notification{*this};
    std::uint64_t bits = 0;
    Deadline deadline{*this};

    void expire();

    bool destroy(unsigned& budget);
};

} // namespace kernel

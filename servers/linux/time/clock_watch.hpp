#pragma once
// Whoever must know that the real-time clock was set: timers that are due at a time of day.

#include <base/list.hpp>

namespace personality {

class ClockWatch {
public:
    virtual void clock_set() = 0;
    base::Link clock_link;

protected:
    ~ClockWatch() {
        if (clock_link.linked()) List::remove(*this);
    }

private:
    using List = base::List<ClockWatch, &ClockWatch::clock_link>;
};

using ClockWatches = base::List<ClockWatch, &ClockWatch::clock_link>;

} // namespace personality

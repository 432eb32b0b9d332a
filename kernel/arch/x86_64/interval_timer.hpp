#pragma once
// The legacy interval timer (Intel 8254), used for one thing: a known span of time against which
// the other clocks are measured.

#include <cstdint>

namespace kernel::arch {

class IntervalTimer {
public:
    static constexpr std::uint64_t hz = 1'193'182;

    /// Let channel 2 count down from 65,535, once and without a sound.
    void start();
    /// Hold the count of this moment for latched().
    void latch() const;
    std::uint16_t latched() const;
};

} // namespace kernel::arch

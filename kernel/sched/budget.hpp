#pragma once
// What a SchedContext may still use: nothing as it is made, or all it likes, or a budget. A budget
// is a sporadic server's account: what was used comes back one period after that stretch of running
// began, so that in no stretch of a period's length more than the budget is used, but for what
// passes until the timer is heard; that is paid back.
//
// Stretches that begin within an eighth of a period share an entry and come back with the last of
// them, so the entries have a bound:
//
//      stretches   ##  #            ###
//      time        |---+------------+-----------------|---+-----------+---->
//      comes back      (as one, with the second)          ##+#        ###

#include <array>
#include <cstdint>

namespace kernel {

class Budget {
public:
    /// Less than this is not begun with; it waits for more.
    static constexpr std::int64_t least_ticks = 8192;

    bool limited() const { return period_ != 0; }
    /// All of `ticks` at once, in each `period` (ns; 0: without limit). `used` is the use so far.
    void set(std::uint64_t ticks, std::uint64_t period, std::uint64_t now, std::uint64_t used);
    /// Put down what has been used since the last time, take in what comes back until `now` (ns),
    /// and say how many ticks may be used from now on; 0: wait for `next`.
    std::uint64_t settle(std::uint64_t now, std::uint64_t used);
    /// When something comes back (ns); 0: never. It is after the `now` of the last `settle`.
    std::uint64_t next() const { return count_ > 0 ? refills_[first_].at : 0; }

private:
    static constexpr unsigned parts = 8; ///< of a period

    struct Refill {
        std::uint64_t at = 0;
        std::uint64_t ticks = 0;
    };

    std::uint64_t period_ = 1;
    std::int64_t left_ = 0;    ///< ticks; below 0: used too much
    std::uint64_t used_ = 0;   ///< what was settled
    std::uint64_t since_ = 0;  ///< when that was
    std::uint64_t opened_ = 0; ///< what `at` of the last entry was at first
    /// A ring. Those that are still to come began, a part apart, in the last period and a part.
    std::array<Refill, parts + 1> refills_;
    std::uint32_t first_ = 0;
    std::uint32_t count_ = 0;

    Refill& entry(std::uint32_t index) { return refills_[(first_ + index) % refills_.size()]; }
};

} // namespace kernel

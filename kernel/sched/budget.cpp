#include <kernel/sched/budget.hpp>

namespace kernel {

void Budget::set(std::uint64_t ticks, std::uint64_t period, std::uint64_t now, std::uint64_t used) {
    period_ = period;
    left_ = static_cast<std::int64_t>(ticks);
    used_ = used;
    since_ = now;
    first_ = count_ = 0;
}

std::uint64_t Budget::settle(std::uint64_t now, std::uint64_t used) {
    if (auto const ticks = used - used_; ticks > 0) {
        auto const at = since_ + period_;
        if (count_ == 0 || at - opened_ > period_ / parts) {
            entry(count_++) = {};
            opened_ = at;
        }
        auto& last = entry(count_ - 1);
        last.at = at;
        last.ticks += ticks;
        left_ -= static_cast<std::int64_t>(ticks);
    }
    used_ = used;
    since_ = now;
    for (; count_ > 0 && refills_[first_].at <= now; count_--) {
        left_ += static_cast<std::int64_t>(refills_[first_].ticks);
        first_ = (first_ + 1) % refills_.size();
    }
    return left_ >= least_ticks ? static_cast<std::uint64_t>(left_) : 0;
}

} // namespace kernel

#pragma once
// Whether a service hangs: it uses processor time, and its event loop does not turn. Wall time says
// nothing, since a service that waits, or that others keep from running, does not hang.

#include <cstdint>

namespace supervisor {

class HangWatch {
public:
    HangWatch() = default;
    /// `limit_ns` of processor time; 0: never.
    explicit HangWatch(std::uint64_t limit_ns) : limit_ns_(limit_ns) {}

    /// True if it hangs. `turns` and `used_ns` are of the present incarnation.
    bool look(std::uint64_t turns, std::uint64_t used_ns) {
        if (turns != turns_ || used_ns < used_ns_) {
            turns_ = turns;
            used_ns_ = used_ns;
            return false;
        }
        return limit_ns_ != 0 && used_ns - used_ns_ >= limit_ns_;
    }

private:
    std::uint64_t limit_ns_ = 0;
    std::uint64_t turns_ = 0;
    std::uint64_t used_ns_ = 0; ///< when the last turn was seen
};

} // namespace supervisor

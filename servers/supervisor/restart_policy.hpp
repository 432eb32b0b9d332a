#pragma once
// When a service that ended is started again: at once the first time, then after a delay that
// doubles; health makes it forget.

#include <protocols/manifest.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>

namespace supervisor {

class RestartPolicy {
public:
    RestartPolicy() = default;
    explicit RestartPolicy(protocols::manifest::Service const& service)
        : first_ns_(service.first_delay_ms * ms), longest_ns_(service.longest_delay_ms * ms),
          healthy_ns_(service.healthy_ms * ms), give_up_after_(service.give_up_after) {}

    /// It failed, after running from `started` to `now`. The delay before its next start, or
    /// nothing: the manifest says to give up.
    std::optional<std::uint64_t> failed(std::uint64_t started, std::uint64_t now) {
        if (now - started >= healthy_ns_) failures_ = 0;
        failures_++;
        if (give_up_after_ != 0 && failures_ >= give_up_after_) return std::nullopt;
        if (failures_ == 1) return 0;
        // Beyond 32 doublings the longest delay was reached long ago.
        auto const doublings = std::min(failures_ - 2, 32u);
        return std::min(first_ns_ << doublings, longest_ns_);
    }

    /// An operator wants it now: what was before does not count.
    void forget() { failures_ = 0; }

    std::uint32_t failures() const { return failures_; }

private:
    static constexpr std::uint64_t ms = 1'000'000;

    std::uint64_t first_ns_ = 0;
    std::uint64_t longest_ns_ = 0;
    std::uint64_t healthy_ns_ = 0;
    std::uint32_t give_up_after_ = 0;
    std::uint32_t failures_ = 0;
};

} // namespace supervisor

#pragma once
// Times as programs hand them over.

#include <servers/linux/call.hpp>

#include <cstdint>

namespace personality {

constexpr std::uint64_t second_ns = 1'000'000'000;

struct TimeSpec { // struct timespec
    std::int64_t seconds, nanoseconds;

    Result<std::uint64_t> ns() const {
        if (seconds < 0 || nanoseconds < 0 || nanoseconds >= static_cast<std::int64_t>(second_ns))
            return fail(Errno::inval);
        constexpr std::int64_t most = INT64_MAX / static_cast<std::int64_t>(second_ns);
        if (seconds >= most) return never - 1;
        return static_cast<std::uint64_t>(seconds) * second_ns +
               static_cast<std::uint64_t>(nanoseconds);
    }
    static constexpr TimeSpec of(std::uint64_t ns) {
        return {static_cast<std::int64_t>(ns / second_ns),
                static_cast<std::int64_t>(ns % second_ns)};
    }
};

/// A time later by `ns`; at most "never, almost".
constexpr Instant add(Instant from, std::uint64_t ns) {
    return ns >= never - from ? never - 1 : from + ns;
}

} // namespace personality

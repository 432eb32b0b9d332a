#pragma once
// Between the C library's times and the runtime's nanoseconds.

#include <cstdint>
#include <ctime>
#include <limits>
#include <optional>

namespace runtime::libc {

constexpr std::uint64_t ns_per_second = 1'000'000'000;

/// Empty if it is no time at all. What lies too far ahead becomes the farthest.
constexpr std::optional<std::uint64_t> nanoseconds(timespec const& time) {
    if (time.tv_sec < 0 || time.tv_nsec < 0 || time.tv_nsec >= static_cast<long>(ns_per_second))
        return std::nullopt;
    std::uint64_t result = 0;
    if (__builtin_mul_overflow(static_cast<std::uint64_t>(time.tv_sec), ns_per_second, &result) ||
        __builtin_add_overflow(result, static_cast<std::uint64_t>(time.tv_nsec), &result))
        return std::numeric_limits<std::uint64_t>::max();
    return result;
}

constexpr timespec to_timespec(std::uint64_t ns) {
    return {.tv_sec = static_cast<time_t>(ns / ns_per_second),
            .tv_nsec = static_cast<long>(ns % ns_per_second)};
}

/// `now` and `duration` later, or the farthest time.
constexpr std::uint64_t later(std::uint64_t now, std::uint64_t duration) {
    std::uint64_t result = 0;
    return __builtin_add_overflow(now, duration, &result)
               ? std::numeric_limits<std::uint64_t>::max()
               : result;
}

} // namespace runtime::libc

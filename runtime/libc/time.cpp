// The calls about time.

#include <runtime/clock.hpp>
#include <runtime/libc/calls.hpp>
#include <runtime/libc/time.hpp>
#include <runtime/thread.hpp>

namespace runtime::libc {

namespace {

std::optional<std::uint64_t> read_clock(int clock) {
    switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE: return wall_ns();
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_BOOTTIME: return now_ns();
    default: return std::nullopt;
    }
}

void sleep_until(std::uint64_t deadline) {
    while (now_ns() < deadline) park(deadline);
}

} // namespace

long handle(ClockGettime, int clock, timespec* time) {
    auto const ns = read_clock(clock);
    if (!ns) return -EINVAL;
    *time = to_timespec(*ns);
    return 0;
}

long handle(ClockGetres, int clock, timespec* resolution) {
    if (!read_clock(clock)) return -EINVAL;
    if (resolution != nullptr) *resolution = to_timespec(1);
    return 0;
}

long handle(ClockNanosleep, int clock, int flags, timespec const* time) {
    auto const wanted = nanoseconds(*time);
    auto const current = read_clock(clock);
    if (!wanted || !current) return -EINVAL;
    auto duration = *wanted;
    if ((flags & TIMER_ABSTIME) != 0) duration = *wanted > *current ? *wanted - *current : 0;
    sleep_until(later(now_ns(), duration));
    return 0;
}

long handle(Nanosleep, timespec const* time) {
    return handle(ClockNanosleep{}, CLOCK_MONOTONIC, 0, time);
}

} // namespace runtime::libc

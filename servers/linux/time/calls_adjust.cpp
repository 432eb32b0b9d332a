// adjtimex and clock_adjtime: the state of the clock is told; nobody steers it.

#include <servers/linux/handlers.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/process/resource_usage.hpp>
#include <servers/linux/system.hpp>
#include <servers/linux/time/clocks.hpp>

namespace personality::calls {

namespace {

struct AdjustWords { // struct timex
    std::uint32_t modes, padding;
    std::int64_t offset, frequency, largest_error, estimated_error;
    std::int32_t status, padding_2;
    std::int64_t constant, precision, tolerance;
    TimeValue time;
    std::int64_t tick, pulse_frequency, jitter;
    std::int32_t shift, padding_3;
    std::int64_t stability, jitter_count, calibrations, errors, stability_count;
    std::int32_t tai, rest[11];
};
static_assert(sizeof(AdjustWords) == 208);

Outcome tell(Call& call, UserAddress address) {
    auto words = TRY(call.task.memory().load<AdjustWords>(address));
    constexpr std::uint32_t read_slew = 0xa001; // ADJ_OFFSET_SS_READ
    if (words.modes != 0 && words.modes != read_slew) {
        if (!call.task.identity().can(Identity::sys_time)) return Errno::perm;
        return Errno::opnotsupp;
    }
    constexpr std::int32_t unsynchronized = 0x40, error_state = 5;
    constexpr std::int64_t sixteen_seconds = 16'000'000;
    words = {.modes = words.modes,
             .largest_error = sixteen_seconds,
             .estimated_error = sixteen_seconds,
             .status = unsynchronized,
             .constant = 2,
             .precision = 1,
             .tolerance = 500LL << 16,
             .time = TimeValue::of(call.task.environment().clock.realtime()),
             .tick = 10'000};
    TRY(call.task.memory().store(address, words));
    return error_state;
}

} // namespace

Outcome adjtimex(Call& call) { return tell(call, call.args[0]); }

Outcome clock_adjtime(Call& call) {
    TRY(read_clock(call.task, call.fd_arg(0)));
    if (call.fd_arg(0) != clock_realtime) return Errno::opnotsupp;
    return tell(call, call.args[1]);
}

} // namespace personality::calls

#pragma once
// Time: the processor's time-stamp counter, measured once, told in nanoseconds since the kernel was
// entered; and the clock page by which programs do the same without a call.

#include <abi/clock.hpp>
#include <kernel/arch/x86_64/scale.hpp>

#include <cstdint>

namespace kernel::arch {

class Clock {
public:
    /// Time zero is at `boot_tsc`; the counter runs at `tsc_hz`.
    void set(std::uint64_t boot_tsc, std::uint64_t tsc_hz);

    std::uint64_t ticks_to_ns(std::uint64_t ticks) const { return ns_per_tick_(ticks); }
    std::uint64_t ns_to_ticks(std::uint64_t ns) const { return ticks_per_ns_(ns); }
    /// The time at which the counter showed `tsc`, which is not before boot.
    std::uint64_t ns_at(std::uint64_t tsc) const { return ns_per_tick_(tsc - boot_tsc_); }

    /// Fill the page that programs read.
    void publish(abi::ClockPage& page);
    void set_wall_offset(std::uint64_t ns) const;

private:
    std::uint64_t boot_tsc_ = 0;
    std::uint64_t tsc_hz_ = 0;
    Scale ns_per_tick_;
    Scale ticks_per_ns_;
    abi::ClockPage* page_ = nullptr;
};

/// Nanoseconds since the kernel was entered.
std::uint64_t now_ns();
std::uint64_t ticks_to_ns(std::uint64_t ticks);
std::uint64_t ns_to_ticks(std::uint64_t ns);
/// Wall-clock time at time zero: for the clock page.
void set_wall_offset(std::uint64_t ns);

/// Raise `vector::timer` on this processor once `deadline_ns` has passed, at once if it has
/// already. It may come too early (the timer's reach is limited): whoever takes it looks at the
/// clock and arms it again. One deadline at a time.
void arm_timer(std::uint64_t deadline_ns);

} // namespace kernel::arch

#pragma once
// The time, from the clock page: no call.

#include <abi/clock.hpp>
#include <runtime/environment.hpp>

namespace runtime {

namespace detail {

[[gnu::always_inline]] inline abi::Word read_tsc() {
    std::uint32_t low, high;
    // LFENCE: the counter is not read before what comes before (the page's sequence number).
    asm volatile("lfence; rdtsc" : "=a"(low), "=d"(high) : : "memory");
    return static_cast<abi::Word>(high) << 32 | low;
}

/// Reads the page by the rule in abi/clock.hpp. `tsc` gives the counter.
template <class Tsc> abi::Word monotonic_ns(abi::ClockPage const& page, Tsc tsc) {
    for (;;) {
        auto const before = page.sequence.load(std::memory_order_acquire);
        auto const base_tsc = page.base_tsc;
        auto const base_ns = page.base_ns;
        auto const multiplier = page.multiplier;
        auto const now = tsc();
        std::atomic_thread_fence(std::memory_order_acquire);
        if ((before & 1) != 0 || page.sequence.load(std::memory_order_relaxed) != before) continue;
        // A thread that moved between processors can be some ticks before the base.
        auto const ticks = now > base_tsc ? now - base_tsc : 0;
        return base_ns +
               static_cast<abi::Word>(static_cast<unsigned __int128>(ticks) * multiplier >> 32);
    }
}

} // namespace detail

/// Nanoseconds since the machine started.
inline abi::Word now_ns() { return detail::monotonic_ns(*environment().clock, detail::read_tsc); }

/// Nanoseconds since 1970-01-01 UTC.
inline abi::Word wall_ns() { return environment().clock->wall_offset_ns + now_ns(); }

} // namespace runtime

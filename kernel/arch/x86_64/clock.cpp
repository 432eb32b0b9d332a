#include <kernel/arch/x86_64/clock.hpp>

#include <kernel/arch/x86_64/instructions.hpp>
#include <kernel/arch/x86_64/machine.hpp>

namespace kernel::arch {

constexpr std::uint64_t ns_per_second = 1'000'000'000;

void Clock::set(std::uint64_t boot_tsc, std::uint64_t tsc_hz) {
    boot_tsc_ = boot_tsc;
    tsc_hz_ = tsc_hz;
    ns_per_tick_ = Scale::ratio(ns_per_second, tsc_hz);
    ticks_per_ns_ = Scale::ratio(tsc_hz, ns_per_second);
}

void Clock::publish(abi::ClockPage& page) {
    page_ = &page;
    page.base_tsc = boot_tsc_;
    page.base_ns = 0;
    page.multiplier = ns_per_tick_.factor;
    page.tsc_hz = tsc_hz_;
}

void Clock::set_wall_offset(std::uint64_t ns) const {
    auto const even = page_->sequence.load(std::memory_order_relaxed);
    // Odd while we write; release so that nobody sees the new time under the old even number.
    page_->sequence.store(even + 1, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_release);
    page_->wall_offset_ns = ns;
    page_->sequence.store(even + 2, std::memory_order_release); // partner: the reader's acquire
}

std::uint64_t now_ns() { return machine.clock.ns_at(read_tsc()); }

std::uint64_t ticks_to_ns(std::uint64_t ticks) { return machine.clock.ticks_to_ns(ticks); }

std::uint64_t ns_to_ticks(std::uint64_t ns) { return machine.clock.ns_to_ticks(ns); }

void arm_timer(std::uint64_t deadline_ns) {
    std::uint64_t const now = now_ns();
    machine.local_apic.start_timer(deadline_ns > now ? deadline_ns - now : 0);
}

void set_wall_offset(std::uint64_t ns) { machine.clock.set_wall_offset(ns); }

} // namespace kernel::arch

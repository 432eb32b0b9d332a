#pragma once
// How fast the time-stamp counter and the local APIC's timer run: from CPUID where it says so
// credibly, else measured against the interval timer.

#include <kernel/arch/x86_64/local_apic.hpp>

#include <cstdint>

namespace kernel::arch {

struct Rates {
    std::uint64_t tsc_hz;
    std::uint64_t apic_timer_hz;
    /// The TSC's rate comes from CPUID, not from a measurement.
    bool tsc_rate_known;
};

/// Takes about 10 ms. The local APIC is enabled and its timer free.
Rates measure_rates(LocalApic& apic);

} // namespace kernel::arch

#pragma once
// The clock page: one read-only page that the kernel publishes, so that reading the time is no
// call.
//
// Read: take `sequence` (acquire), retry while it is odd; read the fields and RDTSC (after LFENCE);
// read `sequence` again (acquire fence before), retry if it changed.
//   monotonic_ns = base_ns + ((tsc - base_tsc) * multiplier >> 32)       (128-bit product)

#include <abi/capability.hpp>

#include <atomic>
#include <cstdint>

namespace abi {

struct ClockPage {
    std::atomic<std::uint32_t> sequence;
    std::uint32_t reserved;
    Word base_tsc;
    Word base_ns;
    /// Nanoseconds per tick of the TSC, times 2^32.
    Word multiplier;
    Word tsc_hz;
    /// Wall-clock time, in ns since 1970-01-01 UTC, at monotonic time zero; 0: nobody has said yet.
    Word wall_offset_ns;
};

} // namespace abi

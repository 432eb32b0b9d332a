#pragma once
// [vvar]: the page before the vDSO in every program, where its code finds what the time is made of.
// The server writes it, programs read it, by the rule of abi/clock.hpp:
//   monotonic = base_ns + ((tsc - base_tsc) * multiplier >> 32),  realtime = monotonic +
//   wall_offset

#include <atomic>
#include <cstdint>

namespace personality {

struct TimePage {
    std::atomic<std::uint32_t> sequence; ///< odd while the server writes
    std::uint32_t processors;            ///< with one, everybody is on number 0
    std::uint64_t base_tsc;
    std::uint64_t base_ns;
    std::uint64_t multiplier; ///< 0: the counter is of no use, make the call
    std::uint64_t wall_offset_ns;
    std::uint32_t numbered; ///< a processor knows its number (RDTSCP)
};

} // namespace personality

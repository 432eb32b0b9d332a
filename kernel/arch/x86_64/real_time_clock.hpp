#pragma once
// The battery-backed clock (Motorola MC146818), asked once, for the wall-clock time at boot. It is
// taken to run in UTC.

#include <cstdint>

namespace kernel::arch {

/// Seconds since 1970. `century_index`: where the century is kept, 0 if nowhere.
std::uint64_t read_wall_clock(std::uint8_t century_index);

} // namespace kernel::arch

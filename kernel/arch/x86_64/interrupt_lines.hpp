#pragma once
// Interrupt lines as the kernel's objects use them: by number, each with a vector of its own, all
// taken by the first processor.

#include <cstdint>

namespace kernel::arch {

bool interrupt_line_exists(std::uint32_t line);

/// Set how a line that exists is read, and mask it.
void route_line(std::uint32_t line, bool level, bool active_low);
void mask_line(std::uint32_t line);
void unmask_line(std::uint32_t line);

/// The line that raises a device's vector (vector::first_device to vector::last_device).
std::uint32_t line_of(std::uint8_t number);

} // namespace kernel::arch

#pragma once
// Interrupts of devices as the kernel's objects use them. A vector means the same on all
// processors.

#include <kernel/arch/x86_64/interrupt_route.hpp>

namespace kernel::arch {

bool interrupt_line_exists(std::uint32_t line);

/// Set how a line that exists is read and where it goes, and mask it.
void route_line(LineRoute const& route);
void set_masked(LineRoute const& route, bool masked);

/// What a device has to write for this delivery.
InterruptMessage message_of(Delivery const& to);

} // namespace kernel::arch

#include <kernel/arch/x86_64/interrupt_lines.hpp>

#include <kernel/arch/x86_64/machine.hpp>
#include <kernel/root.hpp>

namespace kernel::arch {

namespace {

/// Of a processor that runs.
std::uint8_t apic_of(std::uint32_t processor) { return root().processors[processor]->core->apic; }

} // namespace

bool interrupt_line_exists(std::uint32_t line) { return machine.io_apics.exists({line}); }

void route_line(LineRoute const& route) {
    Line const line{route.line};
    auto const entry = entry_of(route, apic_of(route.to.processor), true);
    machine.io_apics.of(line).route(line, machine.vtd.remapped(entry));
}

void set_masked(LineRoute const& route, bool masked) {
    Line const line{route.line};
    machine.io_apics.of(line).set_low(line, entry_of(route, 0, masked));
}

InterruptMessage message_of(Delivery const& to) {
    auto const apic = apic_of(to.processor);
    if (!machine.vtd.remaps_interrupts()) return message_to(apic, to.vector);
    machine.vtd.set_interrupt(to.vector, apic, false);
    return remapped_message_to(to.vector);
}

} // namespace kernel::arch

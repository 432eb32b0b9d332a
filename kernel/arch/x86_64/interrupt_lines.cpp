// Interrupts of devices as the kernel's objects use them.

#include <kernel/root.hpp>

#include <hardware.hpp>

namespace kernel::arch {

namespace {

/// Of a processor that runs.
std::uint8_t apic_of(std::uint32_t processor) { return root().processors[processor]->core->apic; }

std::uint32_t source_of(InterruptRoute const& route) {
    return route.by_message() ? route.device : machine.io_apics.source(route.line);
}

} // namespace

bool interrupt_line_exists(std::uint32_t line) { return machine.io_apics.exists(line); }

void connect(InterruptRoute const& route, std::uint8_t vector) {
    auto const apic = apic_of(route.processor);
    auto const source = source_of(route);
    bool const remap = machine.vtd.on();
    if (remap)
        machine.vtd.set_interrupt(source, vector,
                                  RemappedInterrupt::of(route.level, apic, vector, source));
    if (route.by_message()) return;
    machine.io_apics.write_high(route.line, remap ? remapped_line_high(vector) : line_high(apic));
    set_masked(route, vector, true);
}

void disconnect(InterruptRoute const& route, std::uint8_t vector) {
    if (machine.vtd.on()) machine.vtd.set_interrupt(source_of(route), vector, {});
}

void set_masked(InterruptRoute const& line, std::uint8_t vector, bool masked) {
    machine.io_apics.write_low(line.line, line_low(line, vector, masked));
}

InterruptMessage message_of(InterruptRoute const& route, std::uint8_t vector) {
    return machine.vtd.on() ? remapped_message_to(vector)
                            : message_to(apic_of(route.processor), vector);
}

} // namespace kernel::arch

#include <kernel/arch/x86_64/interrupt_lines.hpp>

#include <kernel/arch/x86_64/machine.hpp>
#include <kernel/arch/x86_64/vectors.hpp>

namespace kernel::arch {

bool interrupt_line_exists(std::uint32_t line) {
    return line <= vector::last_device - vector::first_device && machine.io_apics.exists({line});
}

void route_line(std::uint32_t line, bool level, bool active_low) {
    RedirectionEntry const entry{
        .vector = static_cast<std::uint8_t>(vector::first_device + line),
        .polarity = active_low ? Polarity::low : Polarity::high,
        .trigger = level ? Trigger::level : Trigger::edge,
        .masked = true,
        .processor = machine.first_processor_apic,
    };
    machine.io_apics.route({line}, entry);
}

void mask_line(std::uint32_t line) { machine.io_apics.mask({line}); }

void unmask_line(std::uint32_t line) { machine.io_apics.unmask({line}); }

std::uint32_t line_of(std::uint8_t number) {
    return static_cast<std::uint32_t>(number - vector::first_device);
}

} // namespace kernel::arch

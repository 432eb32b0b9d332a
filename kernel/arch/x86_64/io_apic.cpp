#include <kernel/arch/x86_64/io_apic.hpp>

#include <kernel/arch/x86_64/direct_map.hpp>
#include <kernel/arch/x86_64/interrupt_route.hpp>

namespace kernel::arch {

void IoApics::add(base::Phys address, std::uint32_t first_line, std::uint32_t source) {
    constexpr std::uint32_t version = 1;
    auto& registers = object_at<Registers>(address);
    registers.select = version;
    auto const lines = (registers.window >> 16 & 0xff) + 1;
    if (!apics_.push_back({&registers, first_line, lines, source})) return;
    for (auto line = first_line; line < first_line + lines; line++)
        write_low(line, line_low({}, 0, true));
}

IoApics::IoApic const* IoApics::find(std::uint32_t line) const {
    for (auto const& apic : apics_)
        if (line - apic.first_line < apic.lines) return &apic;
    return nullptr;
}

void IoApics::write(std::uint32_t line, std::uint32_t half, std::uint32_t value) const {
    auto const& apic = *find(line);
    apic.registers->select = 0x10 + 2 * (line - apic.first_line) + half;
    apic.registers->window = value;
}

} // namespace kernel::arch

#include <kernel/arch/x86_64/io_apic.hpp>

#include <kernel/arch/x86_64/direct_map.hpp>
#include <kernel/log/check.hpp>

#include <algorithm>
#include <span>

namespace kernel::arch {
namespace {

// Two registers in memory: the index of the one meant, then its value.
constexpr std::size_t select = 0x00;
constexpr std::size_t window = 0x10;

constexpr std::uint32_t version_register = 1;
constexpr std::uint32_t masked = 1 << 16;

std::uint32_t volatile& word_at(std::byte* address) {
    return *reinterpret_cast<std::uint32_t volatile*>(address);
}

} // namespace

std::uint32_t IoApic::read(std::uint32_t index) const {
    word_at(registers_ + select) = index;
    return word_at(registers_ + window);
}

void IoApic::write(std::uint32_t index, std::uint32_t value) const {
    word_at(registers_ + select) = index;
    word_at(registers_ + window) = value;
}

void IoApic::attach(base::Phys address, std::uint32_t first_line) {
    registers_ = to_virtual(address);
    first_line_ = first_line;
    lines_ = (read(version_register) >> 16 & 0xff) + 1;
    for (std::uint32_t n = 0; n < lines_; n++) route({first_line_ + n}, {.masked = true});
}

void IoApic::route(Line line, RedirectionEntry const& entry) const {
    // Masked while the two halves disagree.
    std::uint32_t const at = entry_index(line);
    write(at, masked);
    write(at + 1, entry.high());
    write(at, entry.low());
}

void IoApic::set_low(Line line, RedirectionEntry const& entry) const {
    write(entry_index(line), entry.low());
}

bool IoApics::add(base::Phys address, std::uint32_t first_line) {
    if (count_ == most) return false;
    apics_[count_++].attach(address, first_line);
    return true;
}

std::uint32_t IoApics::lines() const {
    std::uint32_t end = 0;
    for (IoApic const& apic : std::span(apics_).first(count_))
        end = std::max(end, apic.first_line() + apic.lines());
    return end;
}

IoApic const* IoApics::find(Line line) const {
    for (IoApic const& apic : std::span(apics_).first(count_))
        if (apic.serves(line)) return &apic;
    return nullptr;
}

IoApic const& IoApics::of(Line line) const {
    IoApic const* const apic = find(line);
    check(apic != nullptr, "an interrupt line belongs to an I/O APIC");
    return *apic;
}

} // namespace kernel::arch

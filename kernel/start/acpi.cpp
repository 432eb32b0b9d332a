#include <kernel/start/acpi.hpp>

#include <formats/acpi.hpp>

#include <algorithm>

namespace kernel {
namespace acpi = formats::acpi;
namespace {

/// A table longer than this is a mistake.
constexpr std::uint32_t longest_table = 1 << 20;

bool adds_up(Bytes bytes) {
    std::uint8_t sum = 0;
    for (std::byte const byte : bytes)
        sum = static_cast<std::uint8_t>(sum + std::to_integer<int>(byte));
    return sum == 0;
}

bool good_rsdp(PhysicalReader const& reader, base::Phys at) {
    auto const bytes = reader.bytes(at, acpi::rsdp_first_bytes);
    auto const found = read_object<std::uint64_t>(bytes);
    return found && *found == acpi::rsdp_signature && adds_up(bytes);
}

/// ACPI 6.5, section 5.2.5.1: the first KiB of the extended BIOS data area, whose segment is
/// written at 0x40e, or the BIOS's own area.
base::Phys search_rsdp(PhysicalReader const& reader) {
    auto const search = [&](std::uint64_t begin, std::uint64_t end) {
        for (std::uint64_t at = begin; at < end; at += 16)
            if (good_rsdp(reader, {at})) return base::Phys{at};
        return base::Phys{};
    };
    if (auto const segment = reader.object<std::uint16_t>({0x40e}); segment && *segment != 0) {
        std::uint64_t const area = static_cast<std::uint64_t>(*segment) << 4;
        if (base::Phys const at = search(area, area + 1024); at.raw != 0) return at;
    }
    return search(0xe'0000, 0x10'0000);
}

} // namespace

bool AcpiTables::add(PhysicalReader const& reader, base::Phys at) {
    auto const header = reader.object<acpi::Header>(at);
    if (!header || header->bytes < sizeof(acpi::Header) || header->bytes > longest_table)
        return false;
    auto const bytes = reader.bytes(at, header->bytes);
    return !bytes.empty() && adds_up(bytes) &&
           tables_.push_back({header->signature, at, header->bytes});
}

AcpiTables AcpiTables::find(PhysicalReader const& reader, base::Phys rsdp) {
    AcpiTables found;
    if (rsdp.raw == 0 || !good_rsdp(reader, rsdp)) rsdp = search_rsdp(reader);
    if (rsdp.raw == 0) return found;
    found.rsdp_ = rsdp;

    // The newer list has 64-bit addresses. A root pointer of the first revision is shorter and has
    // none.
    auto const first = reader.bytes(rsdp, acpi::rsdp_first_bytes);
    auto const rsdt = read_object<std::uint32_t>(first, offsetof(acpi::Rsdp, rsdt));
    auto const revision = read_object<std::uint8_t>(first, offsetof(acpi::Rsdp, revision));
    auto const whole = reader.object<acpi::Rsdp>(rsdp);
    bool const wide = revision.value_or(0) >= 2 && whole && whole->xsdt != 0 &&
                      adds_up(reader.bytes(rsdp, sizeof(acpi::Rsdp)));
    base::Phys const list{wide ? whole->xsdt : rsdt.value_or(0)};
    if (!found.add(reader, list)) return found;

    Bytes const entries = reader.bytes(list, found.tables_[0].bytes);
    std::size_t const width = wide ? 8 : 4;
    for (std::size_t at = sizeof(acpi::Header); at + width <= entries.size(); at += width) {
        std::uint64_t const address =
            wide ? read_object<std::uint64_t>(entries, at).value_or(0)
                 : std::uint64_t{read_object<std::uint32_t>(entries, at).value_or(0)};
        found.add(reader, {address});
    }

    // The definition block hangs on the FADT, not on the list. So does the FACS, which has no sum.
    Bytes const fadt = found.bytes(reader, acpi::signature("FACP"));
    std::uint64_t dsdt = read_object<std::uint64_t>(fadt, acpi::fadt::x_dsdt).value_or(0);
    if (dsdt == 0) dsdt = read_object<std::uint32_t>(fadt, acpi::fadt::dsdt).value_or(0);
    if (dsdt != 0) found.add(reader, {dsdt});
    return found;
}

AcpiTable const* AcpiTables::table(std::uint32_t signature) const {
    auto const at = std::ranges::find(tables_.all(), signature, &AcpiTable::signature);
    return at == tables_.all().end() ? nullptr : &*at;
}

Bytes AcpiTables::bytes(PhysicalReader const& reader, std::uint32_t signature) const {
    AcpiTable const* const found = table(signature);
    return found == nullptr ? Bytes{} : reader.bytes(found->at, found->bytes);
}

bool AcpiTables::any_within(base::Phys begin, base::Phys end) const {
    auto const within = [&](base::Phys at) { return begin <= at && at < end; };
    return (rsdp_.raw != 0 && within(rsdp_)) ||
           std::ranges::any_of(tables_.all(), [&](AcpiTable const& t) { return within(t.at); });
}

std::uint16_t sleep_port(Bytes fadt) {
    return static_cast<std::uint16_t>(
        read_object<std::uint32_t>(fadt, acpi::fadt::pm1a_control).value_or(0));
}

std::uint8_t century_index(Bytes fadt) {
    return read_object<std::uint8_t>(fadt, acpi::fadt::century).value_or(0);
}

} // namespace kernel

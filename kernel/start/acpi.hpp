#pragma once
// Finding the firmware's tables, and the little that the kernel wants from them. Everything else is
// the devices server's. A table that lies outside of readable memory, is cut or has a wrong sum is
// left out.

#include <kernel/start/bounded_list.hpp>
#include <kernel/start/physical_reader.hpp>

#include <cstdint>

namespace kernel {

struct AcpiTable {
    std::uint32_t signature = 0;
    base::Phys at;
    std::uint32_t bytes = 0;
};

/// All good tables, by their places.
class AcpiTables {
public:
    static constexpr std::size_t most = 64;

    /// The root pointer is at `rsdp`; if that is 0 the two places are searched where a BIOS may
    /// have put it. No tables if there is none.
    static AcpiTables find(PhysicalReader const& reader, base::Phys rsdp);

    /// Where the root pointer lies; 0: there is none.
    base::Phys rsdp() const { return rsdp_; }
    std::span<AcpiTable const> all() const { return tables_.all(); }
    bool has(std::uint32_t signature) const { return table(signature) != nullptr; }
    /// The bytes of a table; empty if it is not there.
    Bytes bytes(PhysicalReader const& reader, std::uint32_t signature) const;
    /// True if the root pointer or a table lies in [begin, end).
    bool any_within(base::Phys begin, base::Phys end) const;

private:
    base::Phys rsdp_;
    BoundedList<AcpiTable, most> tables_;

    AcpiTable const* table(std::uint32_t signature) const;
    bool add(PhysicalReader const& reader, base::Phys at);
};

/// ACPI's port for sleep states (PM1a_CNT); 0 if unknown.
std::uint16_t sleep_port(Bytes fadt);
/// Where the real-time clock keeps the century; 0: nowhere.
std::uint8_t century_index(Bytes fadt);

} // namespace kernel

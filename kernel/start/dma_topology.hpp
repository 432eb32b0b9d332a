#pragma once
// IOMMUs, as the firmware's DMAR table lists them. Which unit serves which device is not noted: all
// units of a segment get the same tables.

#include <kernel/start/bounded_list.hpp>
#include <kernel/start/physical_reader.hpp>

#include <cstdint>
#include <optional>

namespace kernel {

struct DmaTopology {
    struct Unit {
        base::Phys registers;
        std::uint16_t segment = 0;
        bool serves_the_rest = false; ///< every device of its segment that no other unit serves
    };
    /// What a unit serves: one function, or all that is behind a bridge.
    struct Scope {
        std::uint32_t device = 0; ///< segment, bus, device, function
        bool bridge = false;
    };
    /// An I/O APIC, by the number that the MADT gives it, and how it signs: as a PCI device.
    struct IoApic {
        std::uint8_t id = 0;
        std::uint32_t source = 0;
    };
    static constexpr std::size_t most_units = 8;

    BoundedList<Unit, most_units> units;
    BoundedList<Scope, 128> scopes;
    BoundedList<IoApic, 8> io_apics;
    /// Ranges of memory that firmware wants devices to reach whatever the system does.
    unsigned demands = 0;
    bool whole = true; ///< no unit was left out for want of room or sense

    static DmaTopology read(Bytes dmar);

    /// True if firmware says that a unit stands before this device. What is not on the first bus of
    /// its segment is behind some bridge; the kernel knows no buses, so any bridge will do.
    bool serves(std::uint32_t device) const;
    /// Empty: firmware does not say.
    std::optional<std::uint32_t> source_of(std::uint8_t io_apic) const;

private:
    void add_unit(Bytes entry);
};

} // namespace kernel

#pragma once
// The IOMMUs of the machine (Intel VT-d, legacy mode). All of a segment have the same tables:
//
//   segment --> root table --bus--> context table --device, function--> domain, page tables
//
// An empty context entry lets nothing through. A page table's entries have the form of the
// processor's (page_entry.hpp): reading and writing are the bits present and write, and what else
// we use there a unit ignores. Interrupts of devices and I/O APICs go through a table of each unit,
// indexed by vector.

#include <kernel/arch/x86_64/vtd_unit.hpp>
#include <kernel/start/boot_heap.hpp>
#include <kernel/start/dma_topology.hpp>

namespace kernel::arch {

class Vtd {
public:
    static constexpr std::uint64_t most_buses = 32;
    /// What `start` takes of the boot heap, at most.
    static constexpr std::uint64_t boot_bytes =
        (DmaTopology::most_units * (1 + VtdUnit::own_pages) + most_buses) * abi::page_bytes;

    /// All units or none. Empty, or why there is none.
    std::string_view start(DmaTopology const& topology, BootHeap& heap, std::uint8_t apic);

    /// Devices are confined.
    bool on() const { return levels_ != 0; }
    /// Of the tables, from the root that `attach` is given: three or four.
    unsigned levels() const { return levels_; }
    /// False: no unit stands before this device, as far as firmware says.
    bool serves(std::uint32_t device) const { return topology_.serves(device); }

    /// Let a device through to what tables allow. False: no unit stands before it, or there is no
    /// table left for its bus.
    bool attach(std::uint32_t device, std::uint32_t domain, base::Phys tables);
    void detach(std::uint32_t device);
    /// Tables of a domain have changed: returns when no device uses what they said before.
    void flush(std::uint32_t domain);

    /// Put the next refused access of a device on record again.
    void listen(std::uint32_t device);
    /// Tell the owners of what is on record. Whose device is on it is not heard until `listen`.
    void report_faults();

    /// What a source may raise with this vector as its index.
    void set_interrupt(std::uint32_t source, std::uint8_t vector, RemappedInterrupt const& entry);

private:
    BoundedList<VtdUnit, DmaTopology::most_units> units_;
    DmaTopology topology_;
    base::Phys spare_tables_; ///< for buses that have none yet
    base::Phys spare_end_;
    unsigned levels_ = 0;

    ContextEntry* context(std::uint32_t device);
    void change(ContextEntry& entry, std::uint64_t low);
};

} // namespace kernel::arch

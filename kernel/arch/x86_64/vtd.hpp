#pragma once
// The IOMMUs of the machine (Intel VT-d, legacy mode), all with the same tables:
//
//   segment --> root table --bus--> context table --device, function--> domain, page tables
//
// An empty context entry lets nothing through. A page table's entries have the form of the
// processor's (page_entry.hpp): reading and writing are the bits present and write, and what else
// we use there a unit ignores. Interrupts of devices and I/O APICs go through one table, indexed by
// vector.

#include <kernel/arch/x86_64/redirection_entry.hpp>
#include <kernel/arch/x86_64/vtd_unit.hpp>
#include <kernel/start/boot_heap.hpp>
#include <kernel/start/dma_topology.hpp>

#include <abi/info.hpp>

#include <array>

namespace kernel::arch {

class Vtd {
public:
    /// What `start` takes of the boot heap, at most.
    static constexpr std::uint64_t boot_bytes = (8 * 2 + 1 + 32) * abi::page_bytes;

    /// All units or none. Empty, or why there is none.
    std::string_view start(DmaTopology const& topology, BootHeap& heap, std::uint8_t apic);

    bool on() const { return !units_.empty(); }
    bool remaps_interrupts() const { return interrupts_ != nullptr; }
    std::span<VtdUnit const> units() const { return units_.all(); }
    unsigned levels() const { return levels_; }
    unsigned domains() const { return domains_; }
    std::uint64_t end() const { return std::uint64_t{1} << address_bits_; }

    /// False: no unit stands before it, or there is no table left for its bus.
    bool attach(std::uint32_t device, std::uint32_t domain, base::Phys tables);
    void detach(std::uint32_t device);
    /// Forget what was remembered of a domain's tables; returns when nothing under way uses it.
    void flush(std::uint32_t domain);

    /// Refused accesses of a device are put on record, or not.
    void listen(std::uint32_t device) { static_cast<void>(record(device, true)); }
    /// What is on record. Whoever is on it is not heard again until `listen`.
    void take_faults(void (*tell)(abi::DmaFault const&));

    /// Deliver a vector to a processor.
    void set_interrupt(std::uint8_t vector, std::uint8_t apic, bool level);
    /// The entry as it has to be written on this machine.
    RedirectionEntry remapped(RedirectionEntry entry);

private:
    struct Pair {
        std::uint64_t low = 0;
        std::uint64_t high = 0;
    };

    BoundedList<VtdUnit, 8> units_;
    DmaTopology topology_;
    std::array<base::Phys, 8> roots_{};
    Pair* interrupts_ = nullptr;
    base::Phys spare_tables_; ///< for buses that have none yet
    base::Phys spare_end_;
    unsigned levels_ = 0;
    unsigned address_bits_ = 0;
    unsigned domains_ = 0;
    unsigned unbidden_ = 0; ///< faults of those that can't be silenced

    Pair* context(std::uint32_t device);
    bool record(std::uint32_t device, bool faults);
    void invalidate(Invalidation const& what);
};

} // namespace kernel::arch

#pragma once
// DmaSpace: one device's view of memory. With an IOMMU it is a tree of page tables that the IOMMU
// walks for the device; tables and records come from the Untyped that the space was made of.
// Without one, device addresses are physical ones, nothing confines the device, and what it has
// been told stays in quarantine until its reset is confirmed:
//
//   Memory capability            map, unmap or revoke         release of the device
//     '- mapping            -->    a root of its own     -->    gone
//   (revoke reaches it)        (keeps the Memory alive)

#include <kernel/cap/slot.hpp>
#include <kernel/memory/page_tables.hpp>

#include <abi/info.hpp>
#include <base/list.hpp>
#include <hardware.hpp>

#include <optional>

namespace kernel {

class DmaSpace;
class Memory;
class Untyped;

/// The node by which a DmaSpace hangs below the capability of the Memory that its device reaches.
struct DmaMapping {
    Slot slot; ///< must come first: `of` relies on it
    DmaSpace* space;
    base::Link link;
    base::Virt address; ///< as the device knows it
    std::uint64_t pages;
    std::uint64_t mapped = 0;         ///< pages that table entries map, from the first on
    Untyped* quarantine_in = nullptr; ///< set: a root, kept because the device may use it yet

    static DmaMapping& of(Slot& slot) { return reinterpret_cast<DmaMapping&>(slot); }

    /// Unmap what it maps, and wait until the device can't reach it. False: more is left.
    bool unmap(unsigned& budget);
    /// Its slot is to be emptied: true if it has to stay instead, as a root.
    bool quarantine();
    /// Its slot has been emptied: leave the space and give the record back.
    void dispose();
};
static_assert(sizeof(DmaMapping) == 128);

class DmaSpace : public ObjectOf<abi::Kind::dma_space> {
public:
    using Rights = abi::DmaSpaceRights;

    /// Take the first tables from home. To be called once, before anything else.
    base::Result<> initialise();

    /// Returns the device address.
    base::Result<std::uint64_t> map(Memory& memory, Slot& source, base::Virt address,
                                    abi::Protection protection);
    /// The mapping that begins there; null if there is none, or only one in quarantine.
    DmaMapping* mapping(base::Virt address);

    base::Result<> attach(std::uint32_t device);
    /// The attached space of a device; null if it has none.
    static DmaSpace* of_device(std::uint32_t device);
    /// The device has been reset: let go of it and of what was in quarantine.
    void release();

    /// The device was refused an access.
    void refused(abi::DmaFault const& fault);
    /// Take what was reported, and let the next be.
    base::Result<abi::DmaFault> take_fault();
    /// Who hears of it.
    Reference fault_notification{*this};

    /// It has to outlive its last capability: an unconfined device may use what it was told.
    bool held();

    bool destroy(unsigned& budget);

private:
    friend struct DmaMapping;

    PageTables tables_{*this, arch::iommu().levels()};
    base::List<DmaMapping, &DmaMapping::link> mappings_;
    std::uint32_t device_ = 0;
    std::uint32_t domain_ = 0;           ///< 0: no device is attached
    std::optional<abi::DmaFault> fault_; ///< reported, and not taken yet

    /// `entry`: of the first page.
    base::Result<> fill(DmaMapping& mapping, std::uint64_t entry);
    void detach();
};

} // namespace kernel

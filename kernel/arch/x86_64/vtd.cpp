#include <kernel/arch/x86_64/vtd.hpp>

#include <kernel/arch/x86_64/direct_map.hpp>
#include <kernel/log/log.hpp>
#include <kernel/memory/dma_space.hpp>

#include <algorithm>

namespace kernel::arch {
namespace {

constexpr base::Phys reach{std::uint64_t{4} << 30}; ///< of the direct map, for registers
constexpr std::uint8_t first_interrupt_reason = 0x20;

} // namespace

std::string_view Vtd::start(DmaTopology const& topology, BootHeap& heap, std::uint8_t apic) {
    if (!topology.whole || topology.units.empty())
        return "firmware's list of IOMMUs makes no sense";
    bool three = true, four = true;
    for (auto const& listed : topology.units) {
        if (listed.registers >= reach) return "an IOMMU lies above 4 GiB";
        VtdUnit const unit{listed.registers, listed.segment};
        if (auto const why = unit.unfit(); !why.empty()) return why;
        three &= unit.walks(3);
        four &= unit.walks(4);
        static_cast<void>(units_.push_back(unit));
    }
    if (!three && !four) return "IOMMUs differ in the levels they walk";

    spare_tables_ = heap.pages(most_buses);
    spare_end_ = spare_tables_ + most_buses * abi::page_bytes;
    for (auto& unit : units_.all()) {
        auto* const root =
            std::ranges::find(units_.all(), unit.segment(), &VtdUnit::segment)->root();
        unit.start(root ? root : &object_at<ContextEntry>(heap.pages(1)),
                   heap.pages(VtdUnit::own_pages), apic);
    }
    topology_ = topology;
    levels_ = three ? 3 : 4;
    return {};
}

void Vtd::flush(std::uint32_t domain) {
    for (auto& unit : units_.all()) unit.forget(domain);
}

/// The entry of a device; null if it can have none.
ContextEntry* Vtd::context(std::uint32_t device) {
    auto const unit = std::ranges::find(units_, device >> 16, &VtdUnit::segment);
    if (unit == units_.end()) return nullptr;
    auto& bus = unit->root()[device >> 8 & 0xff];
    if ((bus.low & ContextEntry::present) == 0) {
        if (spare_tables_ == spare_end_) return nullptr;
        bus.low = spare_tables_.raw | ContextEntry::present;
        spare_tables_ = spare_tables_ + abi::page_bytes;
    }
    return &object_at<ContextEntry>({bus.low - ContextEntry::present}) + (device & 0xff);
}

void Vtd::change(ContextEntry& entry, std::uint64_t low) {
    entry.low = low;
    flush(0); // some remember that it was empty
}

bool Vtd::attach(std::uint32_t device, std::uint32_t domain, base::Phys tables) {
    auto* const entry = serves(device) ? context(device) : nullptr;
    if (!entry) return false;
    entry->high = std::uint64_t{domain} << 8 | (levels_ - 2);
    change(*entry, tables.raw | ContextEntry::present);
    return true;
}

void Vtd::detach(std::uint32_t device) { change(*context(device), 0); }

void Vtd::listen(std::uint32_t device) {
    if (auto* const entry = context(device)) change(*entry, entry->low & ~ContextEntry::silent);
}

void Vtd::report_faults() {
    for (auto& unit : units_.all())
        for (unsigned n = 0; n <= 256; n++) { // all records, and the look that finds none
            auto const fault = unit.take();
            if (!fault) break;
            auto* const entry = context(fault->device);
            // Nothing would silence who sends messages that are not his.
            if (!entry || fault->reason >= first_interrupt_reason) continue;
            change(*entry, entry->low | ContextEntry::silent);
            if (auto* const space = DmaSpace::of_device(fault->device))
                space->refused(*fault);
            else
                log("device {:x}, which nobody has, was refused {:x}", fault->device,
                    fault->address);
        }
}

void Vtd::set_interrupt(std::uint32_t source, std::uint8_t vector, RemappedInterrupt const& entry) {
    for (auto& unit : units_.all())
        if (unit.segment() == source >> 16) unit.set_interrupt(vector, entry);
}

} // namespace kernel::arch

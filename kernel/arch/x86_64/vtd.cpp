#include <kernel/arch/x86_64/vtd.hpp>

#include <kernel/arch/x86_64/direct_map.hpp>
#include <kernel/arch/x86_64/vectors.hpp>
#include <kernel/log/log.hpp>

#include <algorithm>

namespace kernel::arch {
namespace {

constexpr std::uint64_t present = 1;
constexpr std::uint64_t faults_off = 2;
constexpr std::uint64_t frame_mask = ~(abi::page_bytes - 1);
constexpr base::Phys reach{std::uint64_t{4} << 30}; ///< of the direct map, for registers
constexpr std::uint8_t first_interrupt_reason = 0x20;
constexpr unsigned unbidden_most = 64;

constexpr unsigned segment_of(std::uint32_t device) { return device >> 16; }
constexpr unsigned bus_of(std::uint32_t device) { return device >> 8 & 0xff; }
constexpr unsigned function_of(std::uint32_t device) { return device & 0xff; }

} // namespace

std::string_view Vtd::start(DmaTopology const& topology, BootHeap& heap, std::uint8_t apic) {
    if (!topology.whole || topology.units.empty())
        return "firmware's list of IOMMUs makes no sense";
    BoundedList<VtdUnit, 8> found;
    address_bits_ = 39;
    domains_ = ~0u;
    bool three = true, four = true, interrupts = true;
    for (auto const& unit : topology.units) {
        if (unit.registers >= reach) return "an IOMMU lies above 4 GiB";
        VtdUnit const one{to_virtual(unit.registers), unit.segment};
        if (auto const why = one.unfit(); !why.empty()) return why;
        address_bits_ = std::min(address_bits_, one.address_bits());
        domains_ = std::min(domains_, one.domains());
        three &= one.walks(3);
        four &= one.walks(4);
        interrupts &= one.remaps_interrupts();
        static_cast<void>(found.push_back(one));
    }
    if (!three && !four) return "IOMMUs differ in the levels they walk";
    levels_ = three ? 3 : 4;

    base::Phys const table = heap.pages(1);
    spare_tables_ = heap.pages(32);
    spare_end_ = spare_tables_ + 32 * abi::page_bytes;
    for (std::size_t n = 0; n < found.size(); n++) {
        auto const same = std::ranges::find(found.all(), found[n].segment(), &VtdUnit::segment);
        auto const first = static_cast<std::size_t>(&*same - &found[0]);
        roots_[n] = first < n ? roots_[first] : heap.pages(1);
    }
    // A unit writes into itself in memory: from here on they stay where they are.
    units_ = found;
    topology_ = topology;
    for (std::size_t n = 0; n < units_.size(); n++)
        units_[n].start(roots_[n], heap.pages(1), table, vector::dma_fault, apic);
    if (interrupts) {
        interrupts_ = &object_at<Pair>(table);
        for (auto& unit : units_.all()) unit.start_interrupts();
    }
    return {};
}

void Vtd::invalidate(Invalidation const& what) {
    for (auto& unit : units_.all()) unit.invalidate(what);
}

Vtd::Pair* Vtd::context(std::uint32_t device) {
    auto const unit = std::ranges::find(units_.all(), segment_of(device), &VtdUnit::segment);
    if (unit == units_.all().end()) return nullptr;
    auto& root =
        (&object_at<Pair>(roots_[static_cast<std::size_t>(&*unit - &units_[0])]))[bus_of(device)];
    if ((root.low & present) == 0) {
        if (spare_tables_ == spare_end_) return nullptr;
        root.low = spare_tables_.raw | present;
        spare_tables_ = spare_tables_ + abi::page_bytes;
    }
    return &object_at<Pair>({root.low & frame_mask}) + function_of(device);
}

bool Vtd::attach(std::uint32_t device, std::uint32_t domain, base::Phys tables) {
    auto* const entry = topology_.serves(device) ? context(device) : nullptr;
    if (!entry) return false;
    entry->high = std::uint64_t{domain} << 8 | (levels_ - 2);
    reinterpret_cast<std::uint64_t volatile&>(entry->low) = tables.raw | present;
    invalidate(Invalidation::all_contexts()); // some remember that it was empty
    invalidate(Invalidation::all_translations());
    return true;
}

void Vtd::detach(std::uint32_t device) {
    auto* const entry = context(device);
    if (!entry) return;
    reinterpret_cast<std::uint64_t volatile&>(entry->low) = 0;
    invalidate(Invalidation::all_contexts());
    invalidate(Invalidation::all_translations());
}

void Vtd::flush(std::uint32_t domain) { invalidate(Invalidation::translations(domain)); }

bool Vtd::record(std::uint32_t device, bool faults) {
    auto* const entry = context(device);
    if (!entry) return false;
    auto const other = entry->low & ~faults_off;
    reinterpret_cast<std::uint64_t volatile&>(entry->low) = other | (faults ? 0 : faults_off);
    invalidate(Invalidation::all_contexts());
    return true;
}

void Vtd::take_faults(void (*tell)(abi::DmaFault const&)) {
    VtdUnit::Refusal refusal;
    for (auto& unit : units_.all())
        for (unsigned n = 0; n < 256 && unit.take(refusal); n++) {
            auto const device = std::uint32_t{unit.segment()} << 16 | refusal.source;
            bool const silent = refusal.reason < first_interrupt_reason && record(device, false);
            if (!silent && ++unbidden_ == unbidden_most) {
                log("too many faults of devices that can't be silenced: no more are heard of");
                for (auto& one : units_.all()) one.mask_faults();
            }
            tell({.address = refusal.address,
                  .device = device,
                  .write = refusal.write,
                  .reason = refusal.reason,
                  .reserved = 0});
        }
}

void Vtd::set_interrupt(std::uint8_t vector, std::uint8_t apic, bool level) {
    interrupts_[vector] = {present | std::uint64_t{level} << 4 | std::uint64_t{vector} << 16 |
                               std::uint64_t{apic} << 40,
                           0};
    invalidate(Invalidation::all_interrupts());
}

RedirectionEntry Vtd::remapped(RedirectionEntry entry) {
    if (!remaps_interrupts()) return entry;
    set_interrupt(entry.vector, entry.processor, entry.trigger == Trigger::level);
    entry.remapped = true;
    return entry;
}

} // namespace kernel::arch

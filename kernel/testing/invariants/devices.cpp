#include <kernel/testing/invariants/checker.hpp>

namespace kernel::testing {

void Checker::check_object(DmaSpace& space) {
    bool const attached = space.domain_ != 0;
    expect(!attached || root().dma_domains[space.domain_] == &space,
           "a device's domain is another's");
    std::uint64_t pages = 0;
    for (auto& mapping : space.mappings_) {
        auto& slot = mapping.slot;
        pages += mapping.mapped;
        took(space.home, &mapping, 7);
        expect(slot.role == SlotRole::dma_mapping && slot.container == &space &&
                   mapping.space == &space,
               "a mapping's slot is not one");
        expect(mapping.mapped == 0 || arch::iommu().on(), "pages are in the tables of nobody");
        if (!mapping.quarantine_in) continue;
        expect(attached && !slot.parent, "a mapping is in quarantine without a device");
        for (auto* at = mapping.quarantine_in; at; at = at->parent_)
            if (auto* const note = notes_.objects.find(at)) note->quarantined++;
    }
    if (!space.tables_.top_) return;
    took(space.home, space.tables_.top_, 12);
    auto const found = walk_for_device(space, space.tables_.top_, space.tables_.levels_, 0);
    expect(found == pages, "a device reaches {} pages, counted {}", found, pages);
}

/// Every page that a device reaches is one that a mapping allows it.
std::uint64_t Checker::walk_for_device(DmaSpace& space, PageEntry* table, unsigned level,
                                       std::uint64_t start) {
    std::uint64_t pages = 0;
    for (unsigned i = 0; i < PageTables::entries; i++) {
        auto const entry = table[i];
        auto const address = start + i * PageTables::covers(level);
        if (entry.empty()) continue;
        if (level > 1) {
            auto* const below = reinterpret_cast<PageEntry*>(arch::to_virtual(entry.frame()));
            took(space.home, below, 12);
            std::uint32_t used = 0;
            for (unsigned k = 0; k < PageTables::entries; k++) used += !below[k].empty();
            expect(entry.used() == used, "a device's table has {} entries, counted {}", used,
                   entry.used());
            pages += walk_for_device(space, below, level - 1, address);
            continue;
        }
        DmaMapping* from = nullptr;
        for (auto& mapping : space.mappings_)
            if (address - mapping.address.raw < mapping.mapped * abi::page_bytes) from = &mapping;
        auto const allowed = [&] {
            if (!from) return false;
            auto const& memory = static_cast<Memory&>(*from->slot.object);
            return entry.frame() == memory.start_of(from->slot) + (address - from->address.raw) &&
                   (!entry.writes() || abi::covers(from->slot.rights, abi::MemoryRights::write));
        }();
        expect(allowed, "a device reaches {:x} at {:x} without a mapping", entry.frame(), address);
        pages++;
    }
    return pages;
}

} // namespace kernel::testing

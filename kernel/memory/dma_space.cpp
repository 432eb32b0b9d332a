#include <kernel/memory/dma_space.hpp>

#include <kernel/cap/derivation.hpp>
#include <kernel/cap/teardown.hpp>
#include <kernel/ipc/notification.hpp>
#include <kernel/memory/memory.hpp>
#include <kernel/root.hpp>

#include <hardware.hpp>

#include <algorithm>
#include <new>
#include <utility>

namespace kernel {

namespace {

constexpr unsigned mapping_log2 = 7;
constexpr std::uint64_t message_pages =
    (abi::dma_messages_end - abi::dma_messages) / abi::page_bytes;

constexpr bool overlap(base::Virt a, std::uint64_t a_pages, base::Virt b, std::uint64_t b_pages) {
    return a < b + b_pages * abi::page_bytes && b < a + a_pages * abi::page_bytes;
}

constexpr bool usable(base::Virt address, std::uint64_t pages) {
    return address.raw < abi::dma_end && pages <= (abi::dma_end - address.raw) / abi::page_bytes &&
           !overlap(address, pages, {abi::dma_messages}, message_pages);
}

} // namespace

base::Result<> DmaSpace::initialise() {
    if (!arch::iommu().on()) return {};
    return tables_.initialise({});
}

// ---- mappings ----------------------------------------------------------------------------------

base::Result<std::uint64_t> DmaSpace::map(Memory& memory, Slot& source, base::Virt address,
                                          abi::Protection protection) {
    auto const pages = source.count();
    auto const start = memory.start_of(source);
    bool const confined = arch::iommu().on();
    bool const writes = protection == abi::Protection::read_write;
    if (memory.device() || (!writes && protection != abi::Protection::read))
        return base::fail(abi::Error::bad_argument);
    if (writes && !abi::covers(source.rights, abi::MemoryRights::write))
        return base::fail(abi::Error::no_rights);
    if (!base::aligned(address.raw, abi::page_bytes)) return base::fail(abi::Error::misaligned);
    if (pages > abi::max_dma_pages || (confined && !usable(address, pages)))
        return base::fail(abi::Error::out_of_range);
    TRY(derivation::derivable(source));
    unsigned count = 0;
    for (auto const& one : mappings_) {
        if (confined && overlap(address, pages, one.address, one.pages))
            return base::fail(abi::Error::already_mapped);
        count++;
    }
    if (count == abi::max_dma_mappings) return base::fail(abi::Error::no_table_memory);

    auto const record = home->take(mapping_log2);
    if (!record) return base::fail(abi::Error::no_table_memory);
    auto& fresh = *new (*record) DmaMapping{.slot = {},
                                            .space = this,
                                            .link = {},
                                            .address = confined ? address : base::Virt{start.raw},
                                            .pages = pages};
    fresh.slot.role = SlotRole::dma_mapping;
    fresh.slot.container = this;
    derivation::derive(fresh.slot, source, source.rights, source.data);
    mappings_.push_back(fresh);
    if (!confined) return start.raw;
    auto const access = PageEntry::present | (writes ? PageEntry::write : std::uint64_t{0});
    auto const filled = fill(fresh, start.raw | access);
    // Some remember that nothing was there, or the way to a table that has gone again.
    arch::iommu().flush(domain_);
    if (!filled) {
        auto budget = ~0u;
        teardown::remove(fresh.slot, budget);
        return base::fail(filled.error());
    }
    return address.raw;
}

base::Result<> DmaSpace::fill(DmaMapping& mapping, std::uint64_t entry) {
    while (mapping.mapped < mapping.pages) {
        auto const address = mapping.address + mapping.mapped * abi::page_bytes;
        auto const way = TRY(tables_.reach(address, 1));
        auto const count =
            std::min(mapping.pages - mapping.mapped,
                     std::uint64_t{PageTables::entries} - PageTables::index(address, 1));
        for (std::uint64_t n = 0; n < count; n++, entry += abi::page_bytes)
            (&way.entry())[n].raw = entry;
        tables_.used(way, static_cast<int>(count));
        mapping.mapped += count;
    }
    return {};
}

DmaMapping* DmaSpace::mapping(base::Virt address) {
    for (auto& one : mappings_)
        if (one.address == address && !one.quarantine_in) return &one;
    return nullptr;
}

bool DmaMapping::unmap(unsigned& budget) {
    if (mapped == 0) return true;
    while (mapped > 0 && budget > 0) {
        // From the last page on, a part of one table at a time.
        auto const last = address + (mapped - 1) * abi::page_bytes;
        auto const way = space->tables_.find(last);
        auto const count =
            std::min({mapped, std::uint64_t{PageTables::index(last, 1)} + 1, std::uint64_t{64}});
        std::fill_n(&way.entry() + 1 - count, count, PageEntry{});
        space->tables_.used(way, -static_cast<int>(count));
        mapped -= count;
        budget -= std::min<unsigned>(budget, 8);
    }
    arch::iommu().flush(space->domain_);
    return mapped == 0;
}

bool DmaMapping::quarantine() {
    auto* const range = static_cast<Memory*>(slot.object)->range(); // null: never given out again
    if (!range || space->domain_ == 0 || arch::iommu().on()) return false;
    for (auto& other : space->mappings_)
        if (&other != this && other.quarantine_in && other.slot.object == slot.object)
            return false; // that one keeps the Memory
    derivation::orphan(slot);
    range->quarantine(1);
    quarantine_in = range;
    return true;
}

void DmaMapping::dispose() {
    if (quarantine_in) quarantine_in->quarantine(-1);
    space->mappings_.remove(*this);
    space->home->give_back(reinterpret_cast<std::byte*>(this), mapping_log2);
}

// ---- the device --------------------------------------------------------------------------------

DmaSpace* DmaSpace::of_device(std::uint32_t device) {
    for (auto* space : root().dma_domains)
        if (space && space->device_ == device) return space;
    return nullptr;
}

base::Result<> DmaSpace::attach(std::uint32_t device) {
    if (domain_ != 0) return base::fail(abi::Error::already_bound);
    if (of_device(device)) return base::fail(abi::Error::busy);
    auto& domains = root().dma_domains;
    auto const free = std::find(domains.begin() + 1, domains.end(), nullptr);
    if (free == domains.end()) return base::fail(abi::Error::not_supported);
    auto const domain = static_cast<std::uint32_t>(free - domains.begin());
    auto& iommu = arch::iommu();
    if (iommu.on() && !iommu.attach(device, domain, tables_.root()))
        return base::fail(abi::Error::not_supported);
    *free = this;
    device_ = device;
    domain_ = domain;
    return {};
}

void DmaSpace::detach() {
    if (domain_ == 0) return;
    if (arch::iommu().on()) arch::iommu().detach(device_);
    root().dma_domains[domain_] = nullptr;
    domain_ = 0;
    fault_ = {};
}

void DmaSpace::release() {
    detach();
    for (auto at = mappings_.begin(); at != mappings_.end();) {
        auto& one = *at;
        ++at;
        auto budget = ~0u; // no pages are mapped, and there are few such
        if (one.quarantine_in) teardown::remove(one.slot, budget);
    }
    teardown::let_die(*this);
}

bool DmaSpace::held() { return domain_ != 0 && !mappings_.empty() && !arch::iommu().on(); }

void DmaSpace::refused(abi::DmaFault const& fault) {
    if (fault_) return;
    fault_ = fault;
    Notification::signal_by(fault_notification);
}

base::Result<abi::DmaFault> DmaSpace::take_fault() {
    if (!fault_) return base::fail(abi::Error::would_block);
    arch::iommu().listen(device_);
    return *std::exchange(fault_, {});
}

bool DmaSpace::destroy(unsigned& budget) {
    detach(); // from here on the tables are nobody's
    while (!mappings_.empty())
        if (budget == 0 || !teardown::remove((*mappings_.begin()).slot, budget)) return false;
    return teardown::remove(fault_notification, budget) && tables_.dispose(budget);
}

} // namespace kernel

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

bool within_device_addresses(base::Virt address, std::uint64_t pages) {
    auto const bytes = pages * abi::page_bytes;
    auto const limit = std::min(abi::dma_end, arch::dma_end());
    if (address.raw > limit || bytes > limit - address.raw) return false;
    return address.raw >= abi::dma_messages_end || address.raw + bytes <= abi::dma_messages;
}

} // namespace

base::Result<> DmaSpace::initialise() {
    if (!arch::dma_confined()) return {};
    TRY(tables_.initialise({}));
    // IOMMUs of three levels begin at the second table, so that is always there.
    auto const way = tables_.reach({0}, PageTables::top_level - 1);
    if (!way) {
        auto budget = ~0u;
        tables_.dispose(budget);
        return base::fail(way.error());
    }
    tables_.used(*way, 1);
    return {};
}

// ---- mappings ----------------------------------------------------------------------------------

base::Result<std::uint64_t> DmaSpace::map(Memory& memory, Slot& source, base::Virt address,
                                          abi::Protection protection) {
    auto const pages = source.count();
    bool const confined = arch::dma_confined();
    if (protection != abi::Protection::read && protection != abi::Protection::read_write)
        return base::fail(abi::Error::bad_argument);
    if (memory.device()) return base::fail(abi::Error::bad_argument);
    if (!abi::covers(source.rights, abi::MemoryRights::read) ||
        (abi::writable(protection) && !abi::covers(source.rights, abi::MemoryRights::write)))
        return base::fail(abi::Error::no_rights);
    if (!base::aligned(address.raw, abi::page_bytes)) return base::fail(abi::Error::misaligned);
    if (pages > abi::max_dma_pages || (confined && !within_device_addresses(address, pages)))
        return base::fail(abi::Error::out_of_range);
    TRY(derivation::derivable(source));
    if (mapping_count_ == abi::max_dma_mappings) return base::fail(abi::Error::no_table_memory);
    auto const start = memory.start_of(source);
    if (!confined)
        address = {start.raw};
    else if (mapping(address))
        return base::fail(abi::Error::already_mapped);

    auto const record = home->take(mapping_log2);
    if (!record) return base::fail(abi::Error::no_table_memory);
    auto& fresh = *new (*record) DmaMapping{
        .slot = {}, .space = this, .link = {}, .address = address, .pages = pages};
    fresh.slot.role = SlotRole::dma_mapping;
    fresh.slot.container = this;
    derivation::derive(fresh.slot, source, source.rights, source.data);
    mappings_.push_back(fresh);
    mapping_count_++;
    if (!confined) return address.raw;
    auto const filled = fill(fresh, start, protection);
    if (!filled) {
        auto budget = ~0u;
        teardown::remove(fresh.slot, budget);
        return base::fail(filled.error());
    }
    flush(); // some IOMMUs remember that nothing was there
    return address.raw;
}

base::Result<> DmaSpace::fill(DmaMapping& mapping, base::Phys start, abi::Protection protection) {
    auto const access =
        PageEntry::present | (abi::writable(protection) ? PageEntry::write : std::uint64_t{0});
    while (mapping.mapped < mapping.pages) {
        auto const address = mapping.address + mapping.mapped * abi::page_bytes;
        auto const way = TRY(tables_.reach(address, 1));
        auto const left =
            std::min(mapping.pages - mapping.mapped,
                     std::uint64_t{PageTables::entries} - PageTables::index(address, 1));
        auto* const entry = &way.entry();
        unsigned written = 0;
        for (; written < left && entry[written].empty(); written++)
            entry[written].raw =
                (start + (mapping.mapped + written) * abi::page_bytes).raw | access;
        tables_.used(way, static_cast<int>(written));
        mapping.mapped += written;
        if (written < left) return base::fail(abi::Error::already_mapped);
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
        std::ranges::fill(&way.entry() + 1 - count, &way.entry() + 1, PageEntry{});
        space->tables_.used(way, -static_cast<int>(count));
        mapped -= count;
        budget -= std::min<unsigned>(budget, 8);
    }
    space->flush();
    return mapped == 0;
}

bool DmaMapping::quarantine() {
    auto* const range = static_cast<Memory*>(slot.object)->range(); // null: never given out again
    if (!range || space->domain_ == 0 || space->releasing_ || arch::dma_confined()) return false;
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
    space->mapping_count_--;
    space->home->give_back(reinterpret_cast<std::byte*>(this), mapping_log2);
}

void DmaSpace::flush() const {
    if (domain_ != 0) arch::dma_flush(domain_);
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
    auto const end =
        domains.begin() + std::min<std::ptrdiff_t>(arch::dma_domains(), std::ssize(domains));
    auto const free = std::find(domains.begin() + 1, end, nullptr);
    if (free == end) return base::fail(abi::Error::not_supported);
    auto const domain = static_cast<std::uint32_t>(free - domains.begin());
    if (arch::dma_confined()) {
        auto const top = tables_.root();
        auto const second = tables_.find({0}).at[PageTables::top_level]->frame();
        if (!arch::dma_attach(device, domain, arch::dma_levels() == 3 ? second : top))
            return base::fail(abi::Error::not_supported);
    }
    *free = this;
    device_ = device;
    domain_ = domain;
    return {};
}

void DmaSpace::detach() {
    if (domain_ == 0) return;
    if (arch::dma_confined()) arch::dma_detach(device_, domain_);
    root().dma_domains[domain_] = nullptr;
    domain_ = 0;
    releasing_ = false;
    fault_pending_ = false;
}

bool DmaSpace::release(unsigned& budget) {
    releasing_ = true;
    for (auto at = mappings_.begin(); at != mappings_.end();) {
        auto& one = *at;
        ++at;
        if (one.quarantine_in && !teardown::remove(one.slot, budget)) return false;
    }
    detach();
    teardown::let_die(*this);
    return true;
}

bool DmaSpace::held() const { return domain_ != 0 && mapping_count_ != 0 && !arch::dma_confined(); }

void DmaSpace::refused(abi::DmaFault const& fault) {
    if (std::exchange(fault_pending_, true)) return;
    fault_ = fault;
    if (auto* const target = fault_notification.as<Notification>())
        target->signal(fault_notification.data ? fault_notification.data : fault_bits);
}

base::Result<abi::DmaFault> DmaSpace::take_fault() {
    if (!std::exchange(fault_pending_, false)) return base::fail(abi::Error::would_block);
    arch::dma_listen(fault_.device);
    return fault_;
}

bool DmaSpace::destroy(unsigned& budget) {
    detach(); // from here on the tables are nobody's
    while (!mappings_.empty())
        if (budget == 0 || !teardown::remove((*mappings_.begin()).slot, budget)) return false;
    if (!teardown::remove(fault_notification, budget)) return false;
    if (arch::dma_confined()) {
        // The table that was always there goes with its last entry.
        auto const way = tables_.find({0});
        if (way.level < PageTables::top_level) tables_.used(way, -1);
        if (!tables_.dispose(budget)) return false;
    }
    return true;
}

} // namespace kernel

// Putting pages into an address space, and changing what may be done with them.

#include <kernel/cap/derivation.hpp>
#include <kernel/memory/page_ranges.hpp>

namespace kernel {

namespace {

/// The largest page size that fits here, `both` virtually and physically.
unsigned fitting_level(std::uint64_t both, std::uint64_t pages) {
    auto level = arch::has_huge_pages() ? 3u : 2u;
    while (level > 1 &&
           (pages < pages_of(level) || !base::aligned(both, PageTables::covers(level))))
        level--;
    return level;
}

} // namespace

base::Result<> AddressSpace::map(Mapping const& mapping, unsigned& budget, std::uint64_t& done) {
    TRY(valid(mapping.protection));
    if (mapping.operation > abi::RunOperation::replace) return base::fail(abi::Error::bad_argument);
    auto* const from = attachment(mapping.attachment);
    if (!from) return base::fail(abi::Error::not_attached);
    if (derivation::being_revoked(from->slot)) return base::fail(abi::Error::revoked);
    if (!from->allows(mapping.protection)) return base::fail(abi::Error::no_rights);
    auto const extent = std::uint64_t{from->slot.count()};
    if (mapping.offset > extent || mapping.pages > extent - mapping.offset)
        return base::fail(abi::Error::out_of_range);
    if (!base::aligned(mapping.address.raw, abi::page_bytes))
        return base::fail(abi::Error::misaligned);
    if (!base::user_range(mapping.address.raw, mapping.pages))
        return base::fail(abi::Error::out_of_range);

    bool const fresh = mapping.operation == abi::RunOperation::map_fresh;
    auto const flags = PageEntry::protection_bits(mapping.protection) |
                       PageEntry::cache_bits(from->cache) |
                       PageEntry::attachment_bits(from->number) | PageEntry::user;
    from->lowest = std::min(from->lowest, mapping.address);
    from->highest = std::max(from->highest, mapping.address + mapping.pages * abi::page_bytes);

    while (done < mapping.pages && budget > 0) {
        budget--;
        auto const left = mapping.pages - done;
        auto const address = mapping.address + done * abi::page_bytes;
        auto const physical = from->start.raw + (mapping.offset + done) * abi::page_bytes;
        auto way = tables_.find(address);
        // Smaller pages that are there already decide the size.
        auto const level = std::min(fitting_level(address.raw | physical, left), way.level);
        if (fresh && way.entry().maps()) return base::fail(abi::Error::already_mapped);
        if (way.level != level) way = TRY(tables_.reach(address, level));

        auto const count = entries_from(address, level, left, budget);
        auto* const entry = &way.entry();
        auto value = physical | flags | (level > 1 ? PageEntry::large : 0);
        unsigned written = 0;
        int added = 0;
        for (; written < count; written++, value += abi::page_bytes) {
            auto& place = entry[written];
            if (!place.empty()) [[unlikely]] {
                if (fresh || place.guards()) break;
                attachment(place.attachment())->mapped -= pages_of(level);
                place.raw = value;
                flush(*this, address + written * abi::page_bytes);
                continue;
            }
            place.raw = value;
            added++;
        }
        from->mapped += written * pages_of(level);
        tables_.used(way, added);
        done += written * pages_of(level);
        if (written < count) return base::fail(abi::Error::already_mapped);
        budget -= std::min(budget, 1 + written / entries_per_step);
    }
    return {};
}

base::Result<> AddressSpace::protect(base::Virt address, std::uint64_t pages,
                                     abi::Protection protection, unsigned& budget,
                                     std::uint64_t& done) {
    TRY(valid(protection));
    auto const bits = PageEntry::protection_bits(protection);
    auto const change = [&](PageTables::Way& way, unsigned count, unsigned& i) -> base::Result<> {
        auto* const entries = &way.entry();
        for (; i < count; i++) {
            auto& entry = entries[i];
            if (!entry.maps()) continue;
            if (!attachment(entry.attachment())->allows(protection))
                return base::fail(abi::Error::no_rights);
            entry.set_protection(bits);
            flush(*this, way.address + i * abi::page_bytes);
        }
        return {};
    };
    return walk(tables_, address, pages, budget, done, change);
}

} // namespace kernel

// Putting pages into an address space, and changing what may be done with them.

#include <kernel/cap/derivation.hpp>
#include <kernel/memory/page_ranges.hpp>

namespace kernel {

namespace {

/// The largest page size that fits here.
unsigned fitting_level(std::uint64_t address, std::uint64_t physical, std::uint64_t pages) {
    auto const both = address | physical;
    if (arch::has_huge_pages() && base::aligned(both, abi::huge_page_bytes) &&
        pages >= abi::huge_page_bytes / abi::page_bytes)
        return 3;
    if (base::aligned(both, abi::large_page_bytes) &&
        pages >= abi::large_page_bytes / abi::page_bytes)
        return 2;
    return 1;
}

} // namespace

base::Result<> AddressSpace::map(Mapping const& mapping, std::uint64_t& done, std::uint64_t most) {
    if (!valid(mapping.protection)) return base::fail(why_invalid(mapping.protection));
    if (mapping.operation > abi::RunOperation::replace) return base::fail(abi::Error::bad_argument);
    auto* const from = attachment(mapping.attachment);
    if (!from) return base::fail(abi::Error::not_attached);
    if (from->slot.revoking || derivation::being_revoked(from->slot))
        return base::fail(abi::Error::revoked);
    if (!from->allows(mapping.protection)) return base::fail(abi::Error::no_rights);
    if (mapping.offset > from->pages || mapping.pages > from->pages - mapping.offset)
        return base::fail(abi::Error::out_of_range);
    if (!base::aligned(mapping.address.raw, abi::page_bytes))
        return base::fail(abi::Error::misaligned);
    if (!base::user_range(mapping.address.raw, mapping.pages))
        return base::fail(abi::Error::out_of_range);

    bool const fresh = mapping.operation == abi::RunOperation::map_fresh;
    auto const flags = PageEntry::protection_bits(mapping.protection) |
                       PageEntry::cache_bits(from->cache) |
                       PageEntry::attachment_bits(from->number) | PageEntry::user;
    auto address = mapping.address;
    auto physical = from->start.raw + mapping.offset * abi::page_bytes;
    from->lowest = std::min(from->lowest, mapping.address);
    from->highest = std::max(from->highest, mapping.address + mapping.pages * abi::page_bytes);

    most = std::min(most, mapping.pages);
    while (done < most) {
        auto level = fitting_level(address.raw, physical, mapping.pages - done);
        auto way = tables_.find(address);
        // Smaller pages that are there already decide the size.
        if (way.level < level) level = way.level;
        if (fresh && !way.entry().empty() && way.level >= level && way.entry().maps())
            return base::fail(abi::Error::already_mapped);
        if (way.level != level) way = TRY(tables_.reach(address, level));

        auto const size = PageTables::covers(level);
        auto const first = PageTables::index(address, level);
        auto const left = (mapping.pages - done) / pages_of(level);
        auto const count = static_cast<unsigned>(
            std::min<std::uint64_t>(PageTables::entries - first, level == 1 ? left : 1));
        auto* const entry = way.at[level];
        auto value = physical | flags | (level > 1 ? PageEntry::large : 0);
        unsigned written = 0;
        int added = 0;
        for (; written < count; written++, value += size) {
            auto& place = entry[written];
            if (!place.empty()) [[unlikely]] {
                if (fresh || place.guards()) break;
                attachment(place.attachment())->mapped -= pages_of(level);
                place.raw = value;
                flush(*this, address + written * size);
                continue;
            }
            place.raw = value;
            added++;
        }
        from->mapped += written * pages_of(level);
        tables_.used(way, added);
        done += written * pages_of(level);
        if (written < count) return base::fail(abi::Error::already_mapped);
        address = address + written * size;
        physical += written * size;
    }
    return {};
}

base::Result<> AddressSpace::protect(base::Virt address, std::uint64_t pages,
                                     abi::Protection protection, unsigned& budget,
                                     std::uint64_t& done) {
    if (!valid(protection)) return base::fail(why_invalid(protection));
    auto const bits = PageEntry::protection_bits(protection);
    while (done < pages) {
        if (budget == 0) return {};
        budget--;
        auto way = tables_.find(address);
        auto const left = pages - done;
        auto& entry = way.entry();
        auto step = way.level == 1 ? std::uint64_t{1} : to_boundary(address, way.level, left);
        if (entry.maps()) {
            if (step < pages_of(way.level)) {
                TRY(tables_.split(way, address));
                continue;
            }
            if (!attachment(entry.attachment())->allows(protection))
                return base::fail(abi::Error::no_rights);
            entry.raw = (entry.raw & ~PageEntry::protection_mask) | bits;
            flush(*this, address);
        }
        done += step;
        address = address + step * abi::page_bytes;
    }
    return {};
}

} // namespace kernel

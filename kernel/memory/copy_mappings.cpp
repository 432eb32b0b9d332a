// Copying mappings between address spaces: fork.

#include <kernel/cap/derivation.hpp>
#include <kernel/memory/page_ranges.hpp>

namespace kernel {

namespace {

/// ok if what one attachment maps can be mapped through the other.
base::Result<> check_same(Attachment const& from, Attachment const* to) {
    if (!to || to->start != from.start || to->slot.count() != from.slot.count())
        return base::fail(abi::Error::not_attached);
    if (derivation::being_revoked(to->slot)) return base::fail(abi::Error::revoked);
    if ((from.slot.rights & ~to->slot.rights) != 0) return base::fail(abi::Error::no_rights);
    return {};
}

} // namespace

base::Result<> AddressSpace::copy_from(AddressSpace& source, base::Virt address,
                                       std::uint64_t pages, bool write_protect, unsigned& budget,
                                       std::uint64_t& done) {
    Attachment* to = nullptr; // of the page before
    auto const copy = [&](PageTables::Way& way, unsigned count, unsigned& i) -> base::Result<> {
        auto* const entries = way.at[1];
        PageTables::Way target; // to the page that corresponds with the first
        PageEntry* copies = nullptr;
        int added = 0;
        auto const copy_one = [&](PageEntry& entry, base::Virt at) -> base::Result<> {
            if (auto const number = entry.attachment(); !to || to->number != number) {
                to = attachment(number);
                TRY(check_same(*source.attachment(number), to));
                to->lowest = std::min(to->lowest, at);
                to->highest = std::max(to->highest, address + pages * abi::page_bytes);
            }
            if (!copies) {
                target = TRY(tables_.reach(way.address, 1));
                copies = target.at[1];
            }
            auto& copied = copies[i];
            if (!copied.empty()) return base::fail(abi::Error::already_mapped);
            if (write_protect && entry.writes()) {
                entry.clear(PageEntry::write);
                flush(source, at);
            }
            copied.raw = entry.raw & ~(PageEntry::accessed | PageEntry::dirty);
            to->mapped++;
            added++;
            return {};
        };
        base::Result<> result;
        for (; i < count; i++)
            if (auto& entry = entries[i]; entry.maps()) {
                result = copy_one(entry, way.address + i * abi::page_bytes);
                if (!result) break;
            }
        if (added > 0) tables_.used(target, added);
        return result;
    };
    return walk(source.tables_, address, pages, budget, done, copy, 1);
}

} // namespace kernel

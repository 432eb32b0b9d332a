// Copying mappings between address spaces: fork.

#include <kernel/cap/derivation.hpp>
#include <kernel/memory/page_ranges.hpp>

#include <utility>

namespace kernel {

namespace {

/// Why what one attachment maps can't be mapped through the other; ok if it can.
abi::Error why_not(Attachment const& from, Attachment const* to) {
    if (!to || to->start != from.start || to->pages != from.pages) return abi::Error::not_attached;
    if (derivation::being_revoked(to->slot)) return abi::Error::revoked;
    if ((from.ceiling & ~to->ceiling) != 0) return abi::Error::no_rights;
    return abi::Error::ok;
}

} // namespace

base::Result<> AddressSpace::copy_from(AddressSpace& source, base::Virt address,
                                       std::uint64_t pages, bool write_protect, unsigned& budget,
                                       std::uint64_t& done) {
    Attachment* from = nullptr;
    Attachment* to = nullptr;
    while (done < pages) {
        if (budget == 0) return {};
        budget--;
        auto way = source.tables_.find(address);
        auto const left = pages - done;
        if (way.level > 1) {
            auto const step = to_boundary(address, way.level, left);
            if (way.entry().maps()) {
                TRY(source.tables_.split(way, address));
                continue;
            }
            done += step;
            address = address + step * abi::page_bytes;
            continue;
        }
        auto const first = PageTables::index(address, 1);
        auto const count =
            static_cast<unsigned>(std::min<std::uint64_t>(PageTables::entries - first, left));
        auto* const entry = way.at[1];
        PageTables::Way target;
        int added = 0;
        unsigned i = 0;
        auto error = abi::Error::ok;
        for (; i < count; i++) {
            if (!entry[i].maps()) continue;
            auto const number = entry[i].attachment();
            if (!from || from->number != number) {
                if (target.at[1]) tables_.used(target, std::exchange(added, 0));
                if (to) to->highest = std::max(to->highest, address + i * abi::page_bytes);
                target = {};
                from = source.attachment(number);
                to = attachment(number);
                error = why_not(*from, to);
                if (error != abi::Error::ok) break;
                to->lowest = std::min(to->lowest, address + i * abi::page_bytes);
            }
            if (!target.at[1]) {
                auto reached = tables_.reach(address, 1);
                if (!reached) {
                    error = reached.error();
                    break;
                }
                target = *reached;
            }
            if (!target.at[1][i].empty()) {
                error = abi::Error::already_mapped;
                break;
            }
            if (write_protect && entry[i].writes()) {
                entry[i].raw &= ~PageEntry::write;
                flush(source, address + i * abi::page_bytes);
            }
            target.at[1][i].raw = entry[i].raw & ~(PageEntry::accessed | PageEntry::dirty);
            to->mapped++;
            added++;
        }
        if (target.at[1]) tables_.used(target, added);
        if (to) to->highest = std::max(to->highest, address + i * abi::page_bytes);
        done += i;
        if (error != abi::Error::ok) return base::fail(error);
        address = address + count * abi::page_bytes;
        budget -= std::min(budget, count / 8);
    }
    return {};
}

} // namespace kernel

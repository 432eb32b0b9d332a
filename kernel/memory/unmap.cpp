// Taking pages out of an address space: by range, or all that an attachment maps.

#include <kernel/memory/page_ranges.hpp>

namespace kernel {

base::Result<> AddressSpace::unmap(base::Virt address, std::uint64_t pages, unsigned& budget,
                                   std::uint64_t& done) {
    while (done < pages) {
        if (budget == 0) return {};
        budget--;
        auto way = tables_.find(address);
        auto const left = pages - done;
        if (way.level > 1 && !way.entry().maps()) {
            auto const skip = to_boundary(address, way.level, left);
            done += skip;
            address = address + skip * abi::page_bytes;
            continue;
        }
        if (way.level > 1 && (left < pages_of(way.level) ||
                              !base::aligned(address.raw, PageTables::covers(way.level)))) {
            TRY(tables_.split(way, address));
            continue;
        }
        if (way.level > 1) {
            auto const covered = pages_of(way.level);
            attachment(way.entry().attachment())->mapped -= covered;
            way.entry() = {};
            flush(*this, address);
            tables_.used(way, -1);
            done += covered;
            address = address + covered * abi::page_bytes;
            continue;
        }
        auto const first = PageTables::index(address, 1);
        auto const count = static_cast<unsigned>(std::min<std::uint64_t>(
            {PageTables::entries - first, left, 8 * (budget + std::uint64_t{1})}));
        auto* const entry = way.at[1];
        int cleared = 0;
        Attachment* last = nullptr;
        std::uint64_t of_last = 0;
        auto const number_of_last = [&] { return last ? last->number : 0; };
        for (unsigned i = 0; i < count; i++) {
            if (!entry[i].maps()) continue; // empty, or a guard: that is taken back by guard()
            if (auto const number = entry[i].attachment(); number != number_of_last()) {
                if (last) last->mapped -= of_last;
                last = attachment(number);
                of_last = 0;
            }
            of_last++;
            entry[i] = {};
            cleared++;
            flush(*this, address + i * abi::page_bytes);
        }
        if (last) last->mapped -= of_last;
        tables_.used(way, -cleared);
        done += count;
        address = address + count * abi::page_bytes;
        budget -= std::min(budget, count / 8);
    }
    return {};
}

bool AddressSpace::unmap_attachment(Attachment& gone, unsigned& budget) {
    if (ending_) {
        // All tables go, so this one's pages go too, whoever was first to ask for it.
        if (!tables_.dispose(budget)) return false;
        gone.mapped = 0;
        return true;
    }
    while (gone.mapped > 0) {
        if (budget == 0) return false;
        budget--;
        auto const address = gone.lowest;
        auto const left = (gone.highest - address) / abi::page_bytes;
        auto way = tables_.find(address);
        if (way.level > 1 && (!way.entry().maps() || way.entry().attachment() != gone.number)) {
            gone.lowest = address + to_boundary(address, way.level, left) * abi::page_bytes;
            continue;
        }
        if (way.level > 1) {
            gone.mapped -= pages_of(way.level);
            auto const start = base::align_down(address.raw, PageTables::covers(way.level));
            way.entry() = {};
            flush(*this, {start});
            tables_.used(way, -1);
            gone.lowest = {start + PageTables::covers(way.level)};
            continue;
        }
        auto const first = PageTables::index(address, 1);
        auto const count =
            static_cast<unsigned>(std::min<std::uint64_t>({PageTables::entries - first, left, 64}));
        int cleared = 0;
        for (unsigned i = 0; i < count; i++) {
            auto& entry = way.at[1][i];
            if (!entry.maps() || entry.attachment() != gone.number) continue;
            entry = {};
            cleared++;
            flush(*this, address + i * abi::page_bytes);
        }
        gone.mapped -= static_cast<unsigned>(cleared);
        tables_.used(way, -cleared);
        gone.lowest = address + count * abi::page_bytes;
        budget -= std::min(budget, count / 8);
    }
    return true;
}

} // namespace kernel

// Taking pages out of an address space: by range, or all that an attachment maps.

#include <kernel/log/check.hpp>
#include <kernel/memory/page_ranges.hpp>

namespace kernel {

base::Result<> AddressSpace::unmap(base::Virt address, std::uint64_t pages, unsigned& budget,
                                   std::uint64_t& done, Attachment const* only) {
    Attachment* from = nullptr;
    auto const clear = [&](PageTables::Way& way, unsigned count, unsigned& i) -> base::Result<> {
        auto* const entries = &way.entry();
        auto const covered = pages_of(way.level);
        int cleared = 0;
        for (; i < count; i++) {
            auto& entry = entries[i];
            if (!entry.maps()) continue; // empty, or a guard: that is for guard()
            auto const number = entry.attachment();
            if (only && number != only->number) continue;
            if (!from || from->number != number) from = attachment(number);
            from->mapped -= covered;
            entry = {};
            flush(*this, way.address + i * abi::page_bytes);
            cleared++;
        }
        tables_.used(way, -cleared);
        return {};
    };
    return walk(tables_, address, pages, budget, done, clear, PageTables::top_level, only);
}

bool AddressSpace::unmap_attachment(Attachment& gone, unsigned& budget) {
    if (ending_) {
        // All tables go, so this one's pages go too, whoever was first to ask for it.
        if (!tables_.dispose(budget)) return false;
        gone.mapped = 0;
    }
    if (gone.mapped == 0) return true;
    std::uint64_t done = 0;
    auto const pages = (gone.highest - gone.lowest) / abi::page_bytes;
    auto const unmapped = unmap(gone.lowest, pages, budget, done, &gone);
    check(unmapped.has_value(), "a page of an attachment sticks out");
    gone.lowest = gone.lowest + done * abi::page_bytes;
    return gone.mapped == 0;
}

} // namespace kernel

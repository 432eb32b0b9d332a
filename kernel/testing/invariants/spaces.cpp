#include <kernel/testing/invariants/checker.hpp>

#include <algorithm>

namespace kernel::testing {

void Checker::check_object(AddressSpace& space) {
    if (space.tables_.top_)
        took(space.home, space.tables_.top_, 12);
    else
        expect(space.ending_, "a space without tables"); // the last steps of its end
    for (auto* directory : space.directory_)
        if (directory) took(space.home, directory, 12);
    slots_of(space, [&](Slot& slot) {
        took(space.home, &slot, 7);
        auto const& attachment = Attachment::of(slot);
        expect(slot.role == SlotRole::attachment && slot.container == &space,
               "an attachment's slot is not one");
        expect(space.attachment(attachment.number) == &attachment, "an attachment is misfiled");
    });
    notes_.mapped.clear();
    if (space.tables_.top_) walk_table(space, space.tables_.top_, 4, 0);
    if (notes_.mapped.overflowed()) return;
    slots_of(space, [&](Slot& slot) {
        auto const& attachment = Attachment::of(slot);
        auto const* const noted = notes_.mapped.find(attachment.number);
        auto const found = noted ? *noted : Mapped{};
        expect(attachment.mapped == found.pages ||
                   (space.ending_ && found.pages < attachment.mapped),
               "an attachment maps {} pages, counted {}", found.pages, attachment.mapped);
        if (found.pages > 0)
            expect(attachment.lowest.raw <= found.lowest && attachment.highest.raw >= found.highest,
                   "an attachment maps {:x} to {:x}, and knows of {:x} to {:x}", found.lowest,
                   found.highest, attachment.lowest.raw, attachment.highest.raw);
    });
}

unsigned Checker::walk_table(AddressSpace& space, PageEntry* table, unsigned level,
                             std::uint64_t start) {
    unsigned used = 0;
    auto const covers = PageTables::covers(level);
    for (unsigned i = 0; i < (level == 4 ? 256u : 512u); i++) {
        auto const entry = table[i];
        auto const address = start + i * covers;
        if (entry.empty()) continue;
        used++;
        auto const leaf =
            level == 1 || !(entry.raw & PageEntry::present) || (entry.raw & PageEntry::large);
        if (!leaf) {
            auto* const below = reinterpret_cast<PageEntry*>(arch::to_virtual(entry.frame()));
            took(space.home, below, 12);
            auto const inside = walk_table(space, below, level - 1, address);
            // At the end of a space a table may have been emptied and not yet given back.
            expect(entry.used() == inside && (inside > 0 || space.ending_),
                   "a table at {:x} has {} entries, counted {}", address, inside, entry.used());
            continue;
        }
        if (entry.guards()) {
            expect(level == 1 && entry.raw == PageEntry::guard, "a strange guard");
            continue;
        }
        check_leaf(space, entry, level, address);
    }
    if (level == 4)
        expect(std::ranges::equal(std::span(table + 256, 256), arch::kernel_half(), {},
                                  &PageEntry::raw),
               "the kernel's half of a space is changed");
    return used;
}

void Checker::check_leaf(AddressSpace& space, PageEntry entry, unsigned level,
                         std::uint64_t address) {
    auto const covers = PageTables::covers(level);
    auto* const from = space.attachment(entry.attachment());
    expect(from != nullptr, "an entry at {:x} names no attachment", address);
    if (!from) return;
    expect(entry.maps() && (entry.raw & PageEntry::user), "an entry at {:x} is strange", address);
    expect(address + covers <= abi::user_end, "an entry lies outside the user half");
    expect(((entry.raw & PageEntry::large) != 0) == (level > 1), "a page at {:x} has another size",
           address);
    auto const frame = entry.frame().raw;
    expect(frame >= from->start.raw &&
               frame + covers <= from->start.raw + from->slot.count() * abi::page_bytes,
           "an entry at {:x} leaves its attachment", address);
    expect(base::aligned(frame, covers), "a large page at {:x} is misaligned", address);
    expect((entry.raw & (PageEntry::cache_disable | PageEntry::write_through)) ==
               PageEntry::cache_bits(from->cache),
           "an entry at {:x} is cached otherwise", address);
    auto const present = (entry.raw & PageEntry::present) != 0;
    auto const executes = present && !(entry.raw & PageEntry::no_execute);
    expect(!(entry.writes() && executes), "a page at {:x} is writable and executable", address);
    expect((!present || abi::covers(from->slot.rights, abi::MemoryRights::read)) &&
               (!entry.writes() || abi::covers(from->slot.rights, abi::MemoryRights::write)) &&
               (!executes || abi::covers(from->slot.rights, abi::MemoryRights::execute)),
           "an entry at {:x} allows too much", address);
    (void)notes_.mapped.add(from->number, {0, address, address});
    auto* const sum = notes_.mapped.find(from->number);
    if (!sum) return;
    sum->pages += covers / abi::page_bytes;
    sum->lowest = std::min(sum->lowest, address);
    sum->highest = std::max(sum->highest, address + covers);
}

} // namespace kernel::testing

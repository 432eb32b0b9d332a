#include <kernel/memory/page_tables.hpp>

#include <kernel/memory/page_ranges.hpp>
#include <kernel/object/untyped.hpp>

#include <hardware.hpp>

#include <algorithm>

namespace kernel {

namespace {

constexpr unsigned table_log2 = 12;

bool is_table(PageEntry entry, unsigned level) {
    return level > 1 && (entry.raw & (PageEntry::present | PageEntry::large)) == PageEntry::present;
}

PageEntry* table_at(PageEntry entry) {
    return reinterpret_cast<PageEntry*>(arch::to_virtual({entry.raw & PageEntry::frame_mask}));
}

} // namespace

base::Result<PageEntry*> PageTables::take_table() {
    auto const memory = owner_.home->take(table_log2);
    if (!memory) return base::fail(abi::Error::no_table_memory);
    return reinterpret_cast<PageEntry*>(*memory);
}

void PageTables::give_back(PageEntry* table) {
    owner_.home->give_back(reinterpret_cast<std::byte*>(table), table_log2);
}

base::Result<> PageTables::initialise(std::span<std::uint64_t const> upper) {
    top_ = TRY(take_table());
    std::ranges::copy(upper, reinterpret_cast<std::uint64_t*>(top_) + entries / 2);
    return {};
}

base::Phys PageTables::root() const {
    return arch::to_physical(reinterpret_cast<std::byte const*>(top_));
}

PageTables::Way PageTables::find(base::Virt address) const {
    // A number that the compiler knows makes straight code of the loop.
    return levels_ == top_level ? walk(address, top_level) : walk(address, levels_);
}

[[gnu::always_inline]] inline PageTables::Way PageTables::walk(base::Virt address,
                                                               unsigned level) const {
    Way way{.address = address, .level = level};
    auto* table = top_;
    while (true) {
        auto* const entry = table + index(address, way.level);
        way.at[way.level] = entry;
        if (!is_table(*entry, way.level)) return way;
        table = table_at(*entry);
        way.level--;
    }
}

base::Result<PageTables::Way> PageTables::reach(base::Virt address, unsigned level) {
    auto way = find(address);
    while (way.level > level) {
        auto& entry = way.entry();
        if (entry.maps()) {
            TRY(split(way, address));
            continue;
        }
        auto const table = take_table();
        if (!table) {
            // Empty tables that were made on the way down go back.
            used(way, 0);
            return base::fail(table.error());
        }
        entry = PageEntry::table(arch::to_physical(reinterpret_cast<std::byte*>(*table)));
        if (way.level < levels_) way.at[way.level + 1]->add_used(1);
        way.level--;
        way.at[way.level] = *table + index(address, way.level);
    }
    return way;
}

base::Result<> PageTables::split(Way& way, base::Virt address) {
    auto& entry = way.entry();
    auto* const table = TRY(take_table());
    auto const smaller = covers(way.level - 1);
    auto const was = entry;
    auto piece = was;
    if (way.level == 2) piece.raw &= ~PageEntry::large;
    for (unsigned i = 0; i < entries; i++) {
        table[i] = piece;
        piece.raw += smaller;
    }
    auto whole = PageEntry::table(arch::to_physical(reinterpret_cast<std::byte*>(table)));
    whole.add_used(entries);
    if (auto const noted = entry.exchange(whole).raw & ~was.raw)
        for (unsigned i = 0; i < entries; i++) table[i].note(noted);
    way.level--;
    way.at[way.level] = table + index(address, way.level);
    return {};
}

void PageTables::used(Way const& way, int count) {
    auto level = way.level;
    for (; level < levels_; level++) {
        auto& parent = *way.at[level + 1];
        parent.add_used(count);
        if (parent.used() != 0) break;
        auto* const table = table_at(parent);
        parent = {};
        // The processor remembers ways to tables too, and may have learnt this one again since the
        // pages were flushed (Intel SDM volume 3, section 4.10.4.2). INVLPG forgets them all.
        if (owner_.kind == abi::Kind::address_space)
            flush(static_cast<AddressSpace&>(owner_), way.address);
        give_back(table);
        count = -1;
    }
}

/// Give back the table of `level` that `parent` points to, and those below it.
bool PageTables::dispose_below(PageEntry& parent, unsigned level, unsigned& budget) {
    auto* const table = table_at(parent);
    // What a table of pages says goes with it: nobody walks there any more.
    if (level > 1)
        for (auto* entry = table; parent.used() != 0; entry++) {
            if (entry->empty()) continue;
            if (is_table(*entry, level) && !dispose_below(*entry, level - 1, budget)) return false;
            *entry = {};
            parent.add_used(-1);
        }
    if (budget == 0) return false;
    // Zeroing takes as long for every table; those that lead to others were searched, too.
    budget -= std::min(budget, level > 1 ? 32u : 4u);
    give_back(table);
    parent = {};
    return true;
}

bool PageTables::dispose(unsigned& budget) {
    if (!top_) return true;
    for (auto* entry = top_; entry < top_ + entries / 2; entry++)
        if (!entry->empty() && !dispose_below(*entry, levels_ - 1, budget)) return false;
    budget -= std::min(budget, 16u);
    give_back(top_);
    top_ = nullptr;
    return true;
}

} // namespace kernel

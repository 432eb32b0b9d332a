#pragma once
// The page-table tree of one address space: four levels of 512 entries, of which the user half of
// the top one is ours. Level 1 entries map 4 KiB; an entry of level 2 or 3 maps 2 MiB or 1 GiB, or
// points to a table.
//
//   level 4 (512 GiB) --> level 3 (1 GiB) --> level 2 (2 MiB) --> level 1 (4 KiB)
//                           '- or a page        '- or a page        '- a page
//
// A table is taken when its first entry is made and goes back when its last is cleared.

#include <base/address.hpp>
#include <base/result.hpp>
#include <kernel/object/object.hpp>

#include <page_entry.hpp>

#include <array>
#include <span>

namespace kernel {

class PageTables {
public:
    static constexpr unsigned top_level = 4;
    static constexpr unsigned entries = 512;

    /// Bytes that an entry of this level covers.
    static constexpr std::uint64_t covers(unsigned level) {
        return abi::page_bytes << 9 * (level - 1);
    }
    static constexpr unsigned index(base::Virt address, unsigned level) {
        return static_cast<unsigned>(address.raw >> (12 + 9 * (level - 1))) % entries;
    }

    /// Of an AddressSpace; or of a DmaSpace, which sees to it itself that nobody remembers a table,
    /// and may have one level less.
    explicit PageTables(Object& owner, unsigned levels = top_level)
        : owner_(owner), levels_(levels) {}

    /// Take the top table; `upper` is what its upper half holds.
    base::Result<> initialise(std::span<std::uint64_t const> upper);
    base::Phys root() const;

    /// The way from the top to the entry that decides about an address.
    struct Way {
        base::Virt address;
        std::array<PageEntry*, top_level + 1> at{}; ///< by level; only those down to `level`
        unsigned level;

        PageEntry& entry() const { return *at[level]; }
    };
    /// Down to the first entry that is not a table: empty, a guard, or a page of that level's size.
    Way find(base::Virt address) const;
    /// Down to `level`, with tables made where they are missing. A larger page in the way is split.
    /// On failure (no_table_memory) nothing is left behind.
    base::Result<Way> reach(base::Virt address, unsigned level);
    /// Put pages of the next smaller size in place of the large one that `way` ends at, and go on
    /// to the one that holds `address`.
    base::Result<> split(Way& way, base::Virt address);

    /// `count` entries, counted from the way's own, have come into use (or have been cleared, when
    /// negative: tables that are empty now go back).
    void used(Way const& way, int count);

    /// Give all tables back, with whatever their entries say; of a space that no processor has
    /// loaded and nobody can map into any more. False: more is left.
    bool dispose(unsigned& budget);

private:
    Object& owner_;
    unsigned const levels_;
    PageEntry* top_ = nullptr;

    Way walk(base::Virt address, unsigned level) const;
    base::Result<PageEntry*> take_table();
    void give_back(PageEntry* table);
    bool dispose_below(PageEntry& parent, unsigned level, unsigned& budget);
};

} // namespace kernel

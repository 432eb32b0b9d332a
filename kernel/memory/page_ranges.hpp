#pragma once
// What the walks over page ranges share: sizes by level, and the flush of a changed entry.

#include <kernel/memory/address_space.hpp>
#include <kernel/root.hpp>

#include <algorithm>

namespace kernel {

/// Flush the translations of pages whose entries were changed: at once here, and on other
/// processors that may have them before their memory can be used again.
inline void flush(AddressSpace& space, base::Virt address) {
    auto& processor = this_processor();
    if (processor.space == &space) {
        arch::flush_page(address.raw);
        processor.counters.page_flushes++;
    }
    if (root().flushes.noted) remote::note_flush(space, address);
}

constexpr std::uint64_t pages_of(unsigned level) {
    return PageTables::covers(level) / abi::page_bytes;
}

/// Pages from `address` to the end of what an entry of this level covers, at most `pages`.
inline std::uint64_t to_boundary(base::Virt address, unsigned level, std::uint64_t pages) {
    auto const size = PageTables::covers(level);
    return std::min((size - (address.raw & (size - 1))) / abi::page_bytes, pages);
}

/// Entries looked at for one unit of a budget.
constexpr unsigned entries_per_step = 3;

/// How many entries of one table can be looked at together, from that of this level at `address`.
inline unsigned entries_from(base::Virt address, unsigned level, std::uint64_t pages,
                             unsigned budget) {
    if (level > 1) return 1;
    auto const in_table = PageTables::entries - PageTables::index(address, 1);
    return static_cast<unsigned>(
        std::min<std::uint64_t>({in_table, pages, entries_per_step * (budget + 1ull)}));
}

/// Show `visit` the entries of a range, after the first `done` pages, until the budget is spent:
/// pages, and large pages that lie in the range with all they cover; others are split, and so is
/// what is larger than `largest` says. What nothing maps is passed over, but in tables of pages.
/// With `only`: those of this attachment, as long as it has any, none of which sticks out.
///
/// `visit` is told how many entries there are, from that of `way` on, and counts those it has done
/// with, also when it fails.
template <class F>
base::Result<> walk(PageTables& tables, base::Virt start, std::uint64_t pages, unsigned& budget,
                    std::uint64_t& done, F&& visit, unsigned largest = PageTables::top_level,
                    Attachment const* only = nullptr) {
    while (done < pages && budget > 0 && !(only && only->mapped == 0)) {
        budget--;
        auto const address = start + done * abi::page_bytes;
        auto way = tables.find(address);
        auto const covered = pages_of(way.level);
        auto const within = to_boundary(address, way.level, pages - done);
        auto const entry = way.entry();
        if (way.level > 1 && (!entry.maps() || (only && entry.attachment() != only->number))) {
            done += within;
            continue;
        }
        if (within < covered || way.level > largest) {
            TRY(tables.split(way, address));
            continue;
        }
        unsigned visited = 0;
        base::Result<> const result =
            visit(way, entries_from(address, way.level, pages - done, budget), visited);
        done += visited * covered;
        if (!result) return result;
        budget -= std::min(budget, visited / entries_per_step);
    }
    return {};
}

/// ok for the four protections that exist; any other bits came from a user.
inline base::Result<> valid(abi::Protection protection) {
    switch (protection) {
    case abi::Protection::none:
    case abi::Protection::read:
    case abi::Protection::read_write:
    case abi::Protection::read_execute: return {};
    }
    return base::fail(abi::writable(protection) && abi::executable(protection)
                          ? abi::Error::write_and_execute
                          : abi::Error::bad_argument);
}

} // namespace kernel

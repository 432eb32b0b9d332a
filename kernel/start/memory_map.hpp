#pragma once
// The whole physical address space, in order, page by page: each page has exactly one use.

#include <base/address.hpp>
#include <kernel/start/bounded_list.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace kernel {

enum class MemoryUse : std::uint8_t {
    device,            ///< no memory that firmware knows of: registers of devices, or nothing
    usable,            ///< free RAM
    firmware,          ///< tables that firmware left, to be read
    firmware_reserved, ///< firmware says hands off: its RAM, or registers
    module,            ///< a boot module
    kernel,            ///< what the kernel keeps
};

std::string_view name(MemoryUse use);

struct MemoryRange {
    base::Phys begin;
    base::Phys end;
    MemoryUse use;

    std::uint64_t bytes() const { return end - begin; }
};

/// Invariant: the ranges are sorted, touch one another, cover everything from 0 to the limit, begin
/// and end on pages, and no two neighbours have the same use.
class MemoryMap {
public:
    static constexpr std::size_t most_ranges = 96;

    /// All of it `device`. `limit` is page-aligned and above 0.
    constexpr explicit MemoryMap(base::Phys limit) { reset(limit); }
    constexpr MemoryMap() : MemoryMap(base::Phys{abi::page_bytes}) {}
    constexpr void reset(base::Phys limit) {
        ranges_.clear();
        static_cast<void>(ranges_.push_back({base::Phys{0}, limit, MemoryUse::device}));
    }

    std::span<MemoryRange const> ranges() const { return ranges_.all(); }
    base::Phys limit() const { return ranges_[ranges_.size() - 1].end; }

    /// Give a new use to the pages that [begin, end) touches, or (`usable`) to those that it
    /// covers. What lies above the limit is ignored. False, and nothing has changed, if the map is
    /// full.
    [[nodiscard]] bool assign(base::Phys begin, base::Phys end, MemoryUse use);

    /// True if every byte of [begin, end) has this use.
    bool all(base::Phys begin, base::Phys end, MemoryUse use) const;
    MemoryUse use_of(base::Phys at) const;
    std::uint64_t bytes(MemoryUse use) const;
    /// Empty if nothing has this use.
    MemoryRange largest(MemoryUse use) const;

    /// The lowest `bytes` (a multiple of the page size) of usable memory between two addresses.
    std::optional<base::Phys> find_usable(std::uint64_t bytes, base::Phys from,
                                          base::Phys to) const;

private:
    BoundedList<MemoryRange, most_ranges> ranges_;
};

} // namespace kernel

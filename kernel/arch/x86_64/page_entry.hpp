#pragma once
// One entry of a page table (Intel SDM volume 3, section 4.5), with the bits that the processor
// leaves to us:
//
//   63  62 61  60........52 51..............12 11...9  8  7  6 5  4  3  2 1 0
//   NX  G  H   attachment   frame              attach  -  L  D A CD WT  U W P    leaf
//   NX  -  u s e d  (61-52) table              -       -  0  - A  -  -  U W P    to a table
//
// A leaf names its attachment in twelve bits (CR4.PKE stays off, so 62 to 59 are free). P clear and
// H set: mapped for the books, but without access. P clear and G set: a guard page. An entry that
// points to a table counts how many of the table's entries are used, so that an empty one is
// noticed at once.

#include <base/address.hpp>

#include <cstdint>

namespace kernel {

struct PageEntry {
    std::uint64_t raw = 0;

    static constexpr std::uint64_t present = 1;
    static constexpr std::uint64_t write = 2;
    static constexpr std::uint64_t user = 4;
    static constexpr std::uint64_t write_through = 8;
    static constexpr std::uint64_t cache_disable = 16;
    static constexpr std::uint64_t accessed = 32;
    static constexpr std::uint64_t dirty = 64;
    static constexpr std::uint64_t large = 128;
    static constexpr std::uint64_t held = std::uint64_t{1} << 61;
    static constexpr std::uint64_t guard = std::uint64_t{1} << 62;
    static constexpr std::uint64_t no_execute = std::uint64_t{1} << 63;
    static constexpr std::uint64_t frame_mask = 0x000f'ffff'ffff'f000;
    static constexpr unsigned used_shift = 52;
    static constexpr std::uint64_t used_mask = std::uint64_t{0x3ff} << used_shift;
    static constexpr std::uint64_t protection_mask = present | write | held | no_execute;

    constexpr bool empty() const { return raw == 0; }
    constexpr bool guards() const { return (raw & (guard | present)) == guard; }
    /// Maps a page, with access or without.
    constexpr bool maps() const { return (raw & (present | held)) != 0; }
    constexpr bool writes() const { return (raw & write) != 0; }
    constexpr base::Phys frame() const { return {raw & frame_mask}; }

    constexpr std::uint32_t attachment() const {
        return static_cast<std::uint32_t>((raw >> 9 & 7) | (raw >> 52 & 0x1ff) << 3);
    }
    static constexpr std::uint64_t attachment_bits(std::uint32_t number) {
        return (number & 7ull) << 9 | (std::uint64_t{number} >> 3) << 52;
    }

    static constexpr PageEntry table(base::Phys at) { return {at.raw | present | write | user}; }
    constexpr std::uint32_t used() const {
        return static_cast<std::uint32_t>((raw & used_mask) >> used_shift);
    }
    /// For entries that point to a table: `more` entries of it are used now (or fewer).
    constexpr void add_used(int more) {
        raw += static_cast<std::uint64_t>(static_cast<std::int64_t>(more)) << used_shift;
    }

    // Where it maps a page, processors note meanwhile that they use it (Intel SDM volume 3, 4.8).
    // These lose nothing of that.

    /// Returns what it was.
    std::uint64_t clear(std::uint64_t bits) {
        return __atomic_fetch_and(&raw, ~bits, __ATOMIC_RELAXED);
    }
    PageEntry exchange(PageEntry other) {
        return {__atomic_exchange_n(&raw, other.raw, __ATOMIC_RELAXED)};
    }
    void note(std::uint64_t use) { __atomic_fetch_or(&raw, use, __ATOMIC_RELAXED); }
    void set_protection(std::uint64_t bits) {
        auto was = raw;
        while (!__atomic_compare_exchange_n(&raw, &was, (was & ~protection_mask) | bits, true,
                                            __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
        }
    }

    static constexpr std::uint64_t protection_bits(abi::Protection protection) {
        if (protection == abi::Protection::none) return held | no_execute;
        return present | (abi::writable(protection) ? write : 0) |
               (abi::executable(protection) ? 0 : no_execute);
    }
    /// Write combining is entry 1 of the page attribute table, as the kernel sets it up.
    static constexpr std::uint64_t cache_bits(abi::Cache cache) {
        switch (cache) {
        case abi::Cache::write_back: return 0;
        case abi::Cache::write_combining: return write_through;
        case abi::Cache::uncached: return cache_disable | write_through;
        }
        return cache_disable | write_through;
    }
};

} // namespace kernel

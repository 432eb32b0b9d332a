#pragma once
// Which units (pages, or pieces of address space) of a range are taken: a bitmap over storage that
// its owner brings. First fit from where the last one ended. The owner locks.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace runtime {

class UnitMap {
public:
    constexpr UnitMap() = default;

    /// `taken` is all zeroes and has at least `units` bits.
    constexpr UnitMap(std::span<std::uint64_t> taken, std::size_t units)
        : taken_(taken), units_(units), free_(units) {}

    static constexpr std::size_t words_for(std::size_t units) { return (units + 63) / 64; }

    constexpr std::size_t units() const { return units_; }
    constexpr std::size_t free() const { return free_; }

    /// `count` adjacent units; the first of them.
    constexpr std::optional<std::size_t> allocate(std::size_t count) {
        if (count == 0 || count > free_) return std::nullopt;
        auto found = find(count, hint_, units_);
        if (!found) found = find(count, 0, units_);
        if (!found) return std::nullopt;
        set(*found, count, true);
        free_ -= count;
        hint_ = *found + count;
        return found;
    }

    /// These very units, if they are free.
    constexpr bool allocate_at(std::size_t first, std::size_t count) {
        if (first > units_ || count > units_ - first || taken_in(first, count)) return false;
        set(first, count, true);
        free_ -= count;
        return true;
    }

    /// Units that are not taken are passed over.
    constexpr void release(std::size_t first, std::size_t count) {
        if (first > units_ || count > units_ - first) return;
        free_ += taken_in(first, count);
        set(first, count, false);
        if (first < hint_) hint_ = first;
    }

    constexpr bool taken(std::size_t unit) const { return taken_[unit / 64] >> unit % 64 & 1; }

private:
    std::span<std::uint64_t> taken_;
    std::size_t units_ = 0;
    std::size_t free_ = 0;
    std::size_t hint_ = 0;

    /// The bits of word `at` that belong to units first to first + count.
    static constexpr std::uint64_t mask(std::size_t at, std::size_t first, std::size_t count) {
        auto const low = at * 64 > first ? 0 : first - at * 64;
        auto const end = first + count - at * 64;
        auto const below_end = end >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << end) - 1;
        return below_end & ~std::uint64_t{0} << low;
    }

    constexpr std::size_t taken_in(std::size_t first, std::size_t count) const {
        std::size_t sum = 0;
        for (auto at = first / 64; at * 64 < first + count; at++)
            sum += static_cast<std::size_t>(std::popcount(taken_[at] & mask(at, first, count)));
        return sum;
    }

    constexpr void set(std::size_t first, std::size_t count, bool value) {
        for (auto at = first / 64; at * 64 < first + count; at++) {
            auto const bits = mask(at, first, count);
            taken_[at] = value ? taken_[at] | bits : taken_[at] & ~bits;
        }
    }

    /// The next unit from `at` on that is free (or taken), or `end`.
    constexpr std::size_t next(std::size_t at, std::size_t end, bool want_taken) const {
        while (at < end) {
            auto const word = want_taken ? taken_[at / 64] : ~taken_[at / 64];
            auto const rest = word >> at % 64;
            if (rest != 0) {
                auto const found = at + static_cast<std::size_t>(std::countr_zero(rest));
                return found < end ? found : end;
            }
            at = (at / 64 + 1) * 64;
        }
        return end;
    }

    constexpr std::optional<std::size_t> find(std::size_t count, std::size_t from,
                                              std::size_t end) const {
        for (auto at = next(from, end, false); at < end && count <= end - at;) {
            auto const stop = next(at, at + count, true);
            if (stop == at + count) return at;
            at = next(stop, end, false);
        }
        return std::nullopt;
    }
};

} // namespace runtime

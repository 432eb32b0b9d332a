#pragma once
// A set of addresses that are few ranges: which parts of the heap can't be touched at the moment.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace runtime::libc {

struct Range {
    std::uintptr_t begin, end;
    bool operator==(Range const&) const = default;
};

/// A set of addresses in at most `most` ranges. The owner locks.
template <std::size_t most> class RangeSet {
public:
    std::span<Range const> ranges() const { return std::span(ranges_).first(count_); }

    /// `range` meets no other that is in the set. False if there is no room.
    bool add(Range range) {
        if (count_ == most) return false;
        ranges_[count_++] = range;
        return true;
    }

    /// Takes a range out, and calls `gone` for each piece of it that was there. Where that would
    /// leave two pieces and there is room for one, the upper one goes too.
    void remove(Range range, auto gone) {
        for (std::size_t i = 0; i < count_;) {
            auto const old = ranges_[i];
            Range const common{std::max(old.begin, range.begin), std::min(old.end, range.end)};
            if (common.begin >= common.end) {
                i++;
                continue;
            }
            Range const below{old.begin, common.begin};
            Range const above{common.end, old.end};
            bool const splits = !empty(below) && !empty(above);
            gone(splits && count_ == most ? Range{common.begin, old.end} : common);
            if (splits && count_ < most) ranges_[count_++] = above;
            if (!empty(below))
                ranges_[i++] = below;
            else if (!empty(above))
                ranges_[i++] = above;
            else
                ranges_[i] = ranges_[--count_];
        }
    }

private:
    std::array<Range, most> ranges_{};
    std::size_t count_ = 0;

    static bool empty(Range range) { return range.begin >= range.end; }
};

} // namespace runtime::libc

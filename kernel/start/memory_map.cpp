#include <kernel/start/memory_map.hpp>

#include <algorithm>

namespace kernel {

std::string_view name(MemoryUse use) {
    switch (use) {
    case MemoryUse::device: return "device";
    case MemoryUse::usable: return "usable";
    case MemoryUse::firmware: return "firmware";
    case MemoryUse::firmware_reserved: return "firmware, reserved";
    case MemoryUse::module: return "module";
    case MemoryUse::kernel: return "kernel";
    }
    return "?";
}

bool MemoryMap::assign(base::Phys begin, base::Phys end, MemoryUse use) {
    // Round inwards for free memory, outwards for everything else: a page that is partly spoken for
    // is not free. The limit is aligned, so cutting first keeps the sums from overflowing.
    constexpr std::uint64_t page = abi::page_bytes;
    std::uint64_t const top = limit().raw;
    begin.raw = std::min(begin.raw, top);
    end.raw = std::min(end.raw, top);
    if (use == MemoryUse::usable) {
        begin.raw = base::align_up(begin.raw, page);
        end.raw = base::align_down(end.raw, page);
    } else {
        begin.raw = base::align_down(begin.raw, page);
        end.raw = base::align_up(end.raw, page);
    }
    if (begin >= end) return true;

    // A new list: what lies before, the new range, what lies behind; neighbours melt together.
    BoundedList<MemoryRange, most_ranges> next;
    auto const add = [&next](MemoryRange const& range) {
        if (range.begin >= range.end) return true;
        if (!next.empty() && next[next.size() - 1].use == range.use) {
            next[next.size() - 1].end = range.end;
            return true;
        }
        return next.push_back(range);
    };
    bool room = true;
    for (MemoryRange const& range : ranges_)
        room = room && add({range.begin, std::min(range.end, begin), range.use});
    room = room && add({begin, end, use});
    for (MemoryRange const& range : ranges_)
        room = room && add({std::max(range.begin, end), range.end, range.use});
    if (room) ranges_ = next;
    return room;
}

bool MemoryMap::all(base::Phys begin, base::Phys end, MemoryUse use) const {
    // Neighbours differ, so one range must hold it all.
    return std::ranges::any_of(ranges_.all(), [&](MemoryRange const& range) {
        return range.begin <= begin && end <= range.end && range.use == use;
    });
}

MemoryUse MemoryMap::use_of(base::Phys at) const {
    for (MemoryRange const& range : ranges_)
        if (at < range.end) return range.use;
    return MemoryUse::device;
}

std::uint64_t MemoryMap::bytes(MemoryUse use) const {
    std::uint64_t sum = 0;
    for (MemoryRange const& range : ranges_)
        if (range.use == use) sum += range.bytes();
    return sum;
}

MemoryRange MemoryMap::largest(MemoryUse use) const {
    MemoryRange found{};
    for (MemoryRange const& range : ranges_)
        if (range.use == use && range.bytes() > found.bytes()) found = range;
    return found;
}

std::optional<base::Phys> MemoryMap::find_usable(std::uint64_t bytes, base::Phys from,
                                                 base::Phys to) const {
    for (MemoryRange const& range : ranges_) {
        if (range.use != MemoryUse::usable) continue;
        base::Phys const begin = std::max(range.begin, from);
        base::Phys const end = std::min(range.end, to);
        if (begin < end && end - begin >= bytes) return begin;
    }
    return std::nullopt;
}

} // namespace kernel

#include <servers/linux/memory/area_set.hpp>

#include <base/address.hpp>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

namespace personality {

namespace {

/// True if `b`, right behind `a`, can be one area with it.
bool joinable(Area const& a, Area const& b) {
    return a.end == b.start && a.protection == b.protection && a.shared == b.shared &&
           a.grows_down == b.grows_down && a.keep_from_child == b.keep_from_child &&
           a.wipe_in_child == b.wipe_in_child && a.locked == b.locked &&
           a.never_write == b.never_write && a.name == b.name && a.source == b.source &&
           a.file == b.file && (!a.source || a.source_index(b.first_page()) == b.source_page);
}

} // namespace

AreaSet::~AreaSet() {
    clear();
    std::free(areas_);
}

Area* AreaSet::clone(Area const& area) {
    auto* copy = new (std::nothrow) Area{area};
    if (copy == nullptr) return nullptr;
    if (copy->source) copy->source->add(*copy);
    return copy;
}

void AreaSet::destroy(Area* area) {
    if (area->source) area->source->remove(*area);
    delete area;
}

std::size_t AreaSet::index_behind(std::uint64_t address) const {
    auto const* found = std::partition_point(areas_, areas_ + count_,
                                             [=](Area* area) { return area->end <= address; });
    return static_cast<std::size_t>(found - areas_);
}

Area* AreaSet::at(std::uint64_t address) const {
    Area* area = behind(address);
    return area != nullptr && area->start <= address ? area : nullptr;
}

Area* AreaSet::before(std::uint64_t address) const {
    std::size_t const index = index_behind(address);
    return index > 0 ? areas_[index - 1] : nullptr;
}

Result<> AreaSet::reserve(std::size_t count) {
    if (count_ + count > max_areas) return fail(Errno::nomem);
    if (count_ + count <= capacity_) return {};
    std::size_t const wanted = std::max(count_ + count, capacity_ * 2 + 8);
    auto* grown = static_cast<Area**>(std::realloc(areas_, wanted * sizeof(Area*)));
    if (grown == nullptr) return fail(Errno::nomem);
    areas_ = grown;
    capacity_ = wanted;
    return {};
}

void AreaSet::place(std::size_t index, Area* area) {
    std::memmove(areas_ + index + 1, areas_ + index, (count_ - index) * sizeof(Area*));
    areas_[index] = area;
    count_++;
}

Result<Area*> AreaSet::insert(Area const& area) {
    std::size_t const index = index_behind(area.start);
    Area* left = index > 0 ? areas_[index - 1] : nullptr;
    if (left != nullptr && joinable(*left, area)) {
        left->end = area.end;
        merge(left->start, left->end);
        return at(area.start);
    }
    TRY(reserve(1));
    auto* copy = clone(area);
    if (copy == nullptr) return fail(Errno::nomem);
    place(index, copy);
    merge(copy->start, copy->end);
    return at(area.start);
}

Result<> AreaSet::split(std::uint64_t address) {
    std::size_t const index = index_behind(address);
    if (index == count_ || areas_[index]->start >= address) return {};
    TRY(reserve(1));
    Area* low = areas_[index];
    auto* high = clone(*low);
    if (high == nullptr) return fail(Errno::nomem);
    if (high->source) high->source_page = low->source_index(address / page_bytes);
    high->start = low->end = address;
    high->grows_down = false;
    place(index + 1, high);
    return {};
}

void AreaSet::remove(std::uint64_t start, std::uint64_t end) {
    std::size_t const first = index_behind(start);
    std::size_t last = first;
    while (last < count_ && areas_[last]->start < end) destroy(areas_[last++]);
    if (last == first) return;
    std::memmove(areas_ + first, areas_ + last, (count_ - last) * sizeof(Area*));
    count_ -= last - first;
}

void AreaSet::merge(std::uint64_t start, std::uint64_t end) {
    std::size_t index = index_behind(start);
    if (index > 0) index--;
    while (index + 1 < count_ && areas_[index]->start <= end) {
        Area* low = areas_[index];
        Area* high = areas_[index + 1];
        if (!joinable(*low, *high)) {
            index++;
            continue;
        }
        low->end = high->end;
        destroy(high);
        std::memmove(areas_ + index + 1, areas_ + index + 2, (count_ - index - 2) * sizeof(Area*));
        count_--;
    }
}

std::uint64_t AreaSet::find_gap(std::uint64_t bytes, std::uint64_t bottom, std::uint64_t top,
                                std::uint64_t alignment) const {
    // From the top down, area by area.
    for (std::size_t index = index_behind(top);; index--) {
        std::uint64_t gap_top = index < count_ ? std::min(top, areas_[index]->start) : top;
        std::uint64_t const gap_bottom = std::max(bottom, index > 0 ? areas_[index - 1]->end : 0);
        if (gap_top >= bytes) {
            std::uint64_t const start = base::align_down(gap_top - bytes, alignment);
            if (start >= gap_bottom && start != 0) return start;
        }
        if (index == 0 || gap_bottom == bottom) return 0;
    }
}

} // namespace personality

#include <servers/linux/memory/page_source.hpp>

#include <servers/linux/memory/area.hpp>
#include <servers/linux/memory/program_space.hpp>

#include <algorithm>

namespace personality {

PageSource::~PageSource() = default;

void PageSource::add(Area& area) {
    area.previous_of_source = nullptr;
    area.next_of_source = areas_;
    if (areas_ != nullptr) areas_->previous_of_source = &area;
    areas_ = &area;
}

void PageSource::remove(Area& area) {
    (area.previous_of_source ? area.previous_of_source->next_of_source : areas_) =
        area.next_of_source;
    if (area.next_of_source) area.next_of_source->previous_of_source = area.previous_of_source;
    area.next_of_source = area.previous_of_source = nullptr;
    if (areas_ == nullptr) unmapped();
}

std::size_t PageSource::mappings() const {
    std::size_t count = 0;
    for (auto const* area = areas_; area != nullptr; area = area->next_of_source) count++;
    return count;
}

void PageSource::pages_changed(std::uint64_t first, std::uint64_t count, bool private_too) {
    std::uint64_t const limit = count > ~first ? ~std::uint64_t{0} : first + count;
    for (auto* area = areas_; area != nullptr; area = area->next_of_source) {
        std::uint64_t const area_end = area->source_index(area->end_page());
        std::uint64_t const from = std::max(first, area->source_page);
        std::uint64_t const to = std::min(limit, area_end);
        if (from >= to) continue;
        std::uint64_t const page = area->first_page() + (from - area->source_page);
        area->space->forget_source_pages(*area, page, to - from, private_too);
    }
}

} // namespace personality

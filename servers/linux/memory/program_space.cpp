#include <servers/linux/memory/program_space.hpp>

#include <base/address.hpp>

#include <algorithm>

namespace personality {

namespace {
constexpr std::uint64_t up(std::uint64_t address) { return base::align_up(address, page_bytes); }
} // namespace

Result<Ref<ProgramSpace>> ProgramSpace::create(FramePool& frames, Machine& machine) {
    auto space = personality::make<ProgramSpace>(frames, machine);
    if (!space) return fail(Errno::nomem);
    space->handle_ = TRY(machine.make_space());
    return space;
}

ProgramSpace::~ProgramSpace() {
    // The hardware's tables go first: no thread may reach a frame that is somebody else's.
    if (handle_) machine_.destroy(handle_);
    handle_ = {};
    for (auto const* area : areas_.all()) drop_pages(area->first_page(), area->end_page());
    areas_.clear();
}

std::uint64_t ProgramSpace::total_pages() const {
    std::uint64_t pages = 0;
    for (auto const* area : areas_.all()) pages += area->bytes() / page_bytes;
    return pages;
}

namespace {
constexpr std::uint64_t no_limit = ~std::uint64_t{0};

/// What counts for RLIMIT_DATA: private, to be written, and no stack.
bool is_data(Area const& area) {
    return (area.protection & access::write) != 0 && !area.shared && !area.grows_down;
}
} // namespace

std::uint64_t ProgramSpace::locked_pages() const {
    std::uint64_t pages = 0;
    for (auto const* area : areas_.all()) pages += area->locked ? area->bytes() / page_bytes : 0;
    return pages;
}

Result<> ProgramSpace::check_limits(std::uint64_t bytes, bool data, std::uint64_t replaced_start,
                                    std::uint64_t replaced_end) const {
    if (space_limit == no_limit && data_limit == no_limit) return {};
    std::uint64_t all = bytes, of_data = data ? bytes : 0;
    for (auto const* area : areas_.all()) {
        auto const from = std::max(area->start, replaced_start);
        auto const to = std::min(area->end, replaced_end);
        std::uint64_t const stays = area->bytes() - (to > from ? to - from : 0);
        all += stays;
        if (is_data(*area)) of_data += stays;
    }
    if (all > space_limit || (data && of_data > data_limit)) return fail(Errno::nomem);
    return {};
}

Result<> ProgramSpace::map(Area const& area) {
    TRY(check_limits(area.bytes(), is_data(area), area.start, area.end));
    return replace(area);
}

Result<> ProgramSpace::replace(Area const& area) {
    // Room for two halves and the new one: what is unmapped below is not lost to a failure.
    TRY(areas_.reserve(3));
    if (!areas_.free(area.start, area.end)) TRY(unmap(area.start, area.end));
    Area placed = area;
    placed.space = this;
    TRY(areas_.insert(placed));
    return {};
}

Result<std::uint64_t> ProgramSpace::place(std::uint64_t hint, std::uint64_t bytes,
                                          std::uint64_t top) const {
    hint = base::align_down(hint, page_bytes);
    if (hint >= layout::lowest && bytes <= layout::task_end && hint <= layout::task_end - bytes) {
        auto const* next = areas_.behind(hint);
        bool const near_stack =
            next != nullptr && next->grows_down && hint + bytes + layout::stack_gap > next->start;
        if (areas_.free(hint, hint + bytes) && !near_stack) return hint;
    }
    auto const address = areas_.find_gap(bytes, layout::lowest, top);
    if (address == 0) return fail(Errno::nomem);
    return address;
}

Result<> ProgramSpace::unmap(std::uint64_t start, std::uint64_t end) {
    auto const* first = areas_.behind(start);
    if (first == nullptr || first->start >= end) return {};
    TRY(areas_.split(start));
    TRY(areas_.split(end));
    drop_pages(start / page_bytes, end / page_bytes);
    areas_.remove(start, end);
    return {};
}

void ProgramSpace::discard(std::uint64_t start, std::uint64_t end) {
    drop_pages(start / page_bytes, end / page_bytes);
}

void ProgramSpace::drop_pages(std::uint64_t first, std::uint64_t end) {
    std::uint64_t mapped_first = ~std::uint64_t{0}, mapped_end = 0;
    if (handle_) { // none: the space has gone already
        pages_.each(first, end, [&](std::uint64_t page, PageEntry& entry) {
            if (entry.flags() == 0) return true;
            mapped_first = std::min(mapped_first, page);
            mapped_end = page + 1;
            return true;
        });
    }
    most_resident_ = std::max(most_resident_, resident_);
    // Nobody may reach the frames any more before they are free.
    if (mapped_end != 0)
        machine_.unmap(handle_, mapped_first * page_bytes, mapped_end - mapped_first);
    pages_.each(first, end, [&](std::uint64_t, PageEntry& entry) {
        frames_.release(entry.frame());
        entry = {};
        resident_--;
        return true;
    });
}

bool ProgramSpace::covered(std::uint64_t start, std::uint64_t end) const {
    for (std::size_t i = areas_.index_behind(start); start < end; i++) {
        if (i >= areas_.all().size() || areas_.all()[i]->start > start) return false;
        start = areas_.all()[i]->end;
    }
    return true;
}

Result<> ProgramSpace::protect(std::uint64_t start, std::uint64_t end, std::uint32_t protection) {
    if (!covered(start, end)) return fail(Errno::nomem);
    for (std::size_t i = areas_.index_behind(start); i < areas_.all().size(); i++) {
        auto const& area = *areas_.all()[i];
        if (area.start >= end) break;
        if ((protection & access::write) != 0 && area.shared && area.never_write)
            return fail(Errno::acces);
    }
    TRY(change(start, end, [=](Area& area) { area.protection = protection; }));

    // The hardware gets what the new protection surely allows; more comes with a fault, which knows
    // whether a page must be copied first.
    bool const readable = protection != access::none;
    bool const runs = (protection & access::execute) != 0 && (protection & access::write) == 0;
    std::uint32_t const keep = !readable ? 0 : PageEntry::read | (runs ? PageEntry::execute : 0);
    std::uint64_t mapped_first = ~std::uint64_t{0}, mapped_end = 0;
    pages_.each(start / page_bytes, end / page_bytes, [&](std::uint64_t page, PageEntry& entry) {
        if (entry.flags() == 0) return true;
        entry.set_flags(keep);
        mapped_first = std::min(mapped_first, page);
        mapped_end = page + 1;
        return true;
    });
    if (mapped_end == 0) return {};
    std::uint64_t const address = mapped_first * page_bytes;
    std::size_t const pages = mapped_end - mapped_first;
    if (readable)
        machine_.protect(handle_, address, pages,
                         runs ? abi::Protection::read_execute : abi::Protection::read);
    else
        machine_.unmap(handle_, address, pages);
    return {};
}

std::uint64_t ProgramSpace::set_break(std::uint64_t address, std::uint64_t limit) {
    if (address < break_start_ || address >= layout::task_end) return break_;
    if (address > break_ && address - break_start_ + (parts.data_end - parts.data_start) > limit)
        return break_;
    std::uint64_t const old_end = up(break_), new_end = up(address);
    if (new_end < old_end) {
        if (!unmap(new_end, old_end)) return break_;
    } else if (new_end > old_end) {
        auto const* next = areas_.behind(old_end);
        std::uint64_t const gap = next != nullptr && next->grows_down ? layout::stack_gap : 0;
        if (next != nullptr && next->start < new_end + gap) return break_;
        if ((new_end - old_end) / page_bytes > frames_.total()) return break_;
        Area heap{.start = old_end,
                  .end = new_end,
                  .protection = access::read | access::write,
                  .locked = lock_future,
                  .name = Area::Name::heap};
        if (!map(heap)) return break_;
    }
    return break_ = address;
}

Result<> ProgramSpace::move_pages(std::uint64_t from, std::uint64_t to, std::uint64_t bytes) {
    std::uint64_t const first = from / page_bytes, end = (from + bytes) / page_bytes;
    std::uint64_t const target = to / page_bytes;
    // All nodes first: then nothing can fail half-way.
    bool made = pages_.each(first, end, [&](std::uint64_t page, PageEntry&) {
        return pages_.make(target + (page - first)).has_value();
    });
    if (!made) return fail(Errno::nomem);
    if (first != end) machine_.unmap(handle_, from, end - first);
    pages_.each(first, end, [&](std::uint64_t page, PageEntry& entry) {
        auto& moved = *pages_.find(target + (page - first));
        moved = entry;
        moved.set_flags(0);
        entry = {};
        return true;
    });
    return {};
}

Result<std::uint64_t> ProgramSpace::remap(std::uint64_t old, std::uint64_t old_bytes,
                                          std::uint64_t bytes, Remap how) {
    auto const [may_move, fixed, keep, hint] = how;
    std::uint64_t target = hint;
    auto const* area = areas_.at(old);
    if (area == nullptr) return fail(Errno::fault);
    if (old_bytes > area->end - old) {
        // A shrink may span areas, nothing else may.
        if (fixed || bytes > old_bytes || !covered(old, old + old_bytes)) return fail(Errno::fault);
    }
    if (!fixed && !keep && bytes <= old_bytes) {
        TRY(unmap(old + bytes, old + old_bytes));
        return old;
    }
    if (old_bytes == 0 && !area->shared) return fail(Errno::inval);
    std::uint64_t const grows = keep || bytes <= old_bytes ? 0 : bytes - old_bytes;
    TRY(check_limits(keep ? bytes : grows, is_data(*area), fixed ? target : 0,
                     fixed ? target + bytes : 0));
    auto const* next = areas_.behind(area->end);
    bool const at_end = old + old_bytes == area->end;
    if (!fixed && !keep && at_end && old + bytes <= layout::task_end &&
        (next == nullptr || next->start >= old + bytes)) {
        Area more = *area;
        more.start = area->end;
        more.end = old + bytes;
        if (more.source) more.source_page = area->source_index(more.first_page());
        TRY(replace(more));
        return old;
    }
    if (!may_move) return fail(Errno::nomem);

    if (fixed) {
        TRY(unmap(target, target + bytes));
        if (bytes < old_bytes) {
            TRY(unmap(old + bytes, old + old_bytes));
            old_bytes = bytes;
        }
        area = areas_.at(old);
        if (area == nullptr) return fail(Errno::fault);
    } else {
        target = TRY(place(target, bytes));
    }
    Area moved = *area;
    if (moved.source) moved.source_page = area->source_index(old / page_bytes);
    moved.start = target;
    moved.end = target + bytes;
    moved.grows_down = false;
    moved.name = Area::Name::none;
    TRY(areas_.reserve(4));
    TRY(move_pages(old, target, old_bytes));
    TRY(replace(moved));
    if (!keep)
        TRY(unmap(old, old + old_bytes));
    else
        TRY(change(old, old + old_bytes, [](Area& left) { left.locked = false; }));
    return target;
}

void ProgramSpace::forget_source_pages(Area&, std::uint64_t page, std::uint64_t pages,
                                       bool private_too) {
    for (std::uint64_t end = page + pages; page < end; page++) {
        auto* entry = pages_.find(page);
        if (entry == nullptr || !entry->present()) {
            // Nothing in this leaf: on to the next.
            if (entry == nullptr) page |= PageMirror::pages_per_leaf - 1;
            continue;
        }
        // A page that the program wrote is its own, unless it is beyond the end now.
        if (entry->has(PageEntry::copy) && !private_too) continue;
        drop_pages(page, page + 1);
    }
}

Result<ProgramSpace::Place> ProgramSpace::shared_place(UserAddress address) {
    auto* area = TRY(area_for(address, access::read));
    if (!area->shared || !area->source)
        return Place{reinterpret_cast<std::uint64_t>(this), address};
    return Place{reinterpret_cast<std::uint64_t>(area->source.get()),
                 area->source_index(address / page_bytes) * page_bytes + address % page_bytes};
}

} // namespace personality

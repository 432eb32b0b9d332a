// Demand paging and copy-on-write: what happens when a program, or the server for it, touches a
// page.

#include <servers/linux/memory/program_space.hpp>

#include <base/address.hpp>

#include <algorithm>
#include <cstring>

namespace personality {

namespace {

/// How a page of an area is mapped when it can't be written (yet).
std::uint32_t quiet_flags(Area const& area, std::uint32_t wanted) {
    bool const runs = (area.protection & access::execute) != 0;
    // Never both: an area that is written and run changes sides with each fault.
    bool const run_now =
        runs && ((area.protection & access::write) == 0 || (wanted & access::execute) != 0);
    return PageEntry::read | (run_now ? PageEntry::execute : 0);
}

constexpr std::uint32_t written = PageEntry::read | PageEntry::write;
constexpr std::uint64_t around = 16; ///< pages that a fault in a file maps at most

} // namespace

PageRun ProgramSpace::run(std::uint64_t page, PageEntry entry) const {
    auto const protection = entry.has(PageEntry::write)     ? abi::Protection::read_write
                            : entry.has(PageEntry::execute) ? abi::Protection::read_execute
                                                            : abi::Protection::read;
    return {page * page_bytes, entry.frame(), 1, protection};
}

Result<Area*> ProgramSpace::area_for(std::uint64_t address, std::uint32_t wanted) {
    Area* area = areas_.behind(address);
    if (area == nullptr) return fail(Errno::fault);
    if (address < area->start) TRY(grow_stack(*area, address));
    // On x86 whatever can be written or run can be read.
    bool const allowed = wanted == access::read ? area->protection != access::none
                                                : (area->protection & wanted) != 0;
    if (!allowed) return fail(Errno::acces);
    return area;
}

Result<> ProgramSpace::grow_stack(Area& area, std::uint64_t address) {
    if (!area.grows_down) return fail(Errno::fault);
    std::uint64_t const start = base::align_down(address, page_bytes);
    if (area.end - start > stack_limit) return fail(Errno::fault);
    if (!check_limits(area.start - start, false)) return fail(Errno::fault);
    auto const* below = areas_.before(area.start);
    if (below != nullptr && below->protection != access::none && !below->grows_down &&
        start < below->end + layout::stack_gap)
        return fail(Errno::fault);
    if (below != nullptr && start < below->end) return fail(Errno::fault);
    area.start = start;
    return {};
}

Result<PageRun> ProgramSpace::fault(std::uint64_t address, std::uint32_t wanted) {
    auto* area = TRY(area_for(address, wanted));
    return bring_in(*area, address / page_bytes, wanted);
}

Result<PageRun> ProgramSpace::bring_in(Area& area, std::uint64_t page, std::uint32_t wanted) {
    auto& entry = *TRY(pages_.make(page));
    bool const write = (wanted & access::write) != 0;
    if (entry.present()) {
        if (write) return take_for_writing(area, page, entry);
        // A page of its own that lost its mapping (mprotect, mremap), or changes sides.
        bool const own = !area.shared && frames_.users(entry.frame()) == 1;
        bool const writable =
            own && (area.protection & access::write) != 0 && (wanted & access::execute) == 0;
        entry.set_flags(writable ? written : quiet_flags(area, wanted));
        return run(page, entry);
    }
    if (!area.source) {
        Frame frame = frames_.zeros();
        if (write)
            frame = TRY(frames_.allocate_zeroed());
        else
            frames_.retain(frame);
        entry = PageEntry(frame, write ? written : quiet_flags(area, wanted));
        resident_++;
        return run(page, entry);
    }

    auto source = area.source; // the area may go while the source looks for memory
    auto const found = source->page(area.source_index(page), write && area.shared);
    if (!found) return fail(found.error() == Errno::nomem ? Errno::nomem : Errno::nxio);
    Frame const frame = *found;
    if (write && !area.shared) {
        Frame const copy = TRY(frames_.allocate());
        std::memcpy(frames_.bytes(copy), frames_.bytes(frame), page_bytes);
        entry = PageEntry(copy, written | PageEntry::copy);
        resident_++;
        return run(page, entry);
    }
    if (!write) return map_around(area, page, frame, quiet_flags(area, wanted));
    frames_.retain(frame);
    entry = PageEntry(frame, written);
    resident_++;
    return run(page, entry);
}

Result<PageRun> ProgramSpace::take_for_writing(Area& area, std::uint64_t page, PageEntry& entry) {
    Frame const old = entry.frame();
    Frame frame = old;
    if (area.shared && area.source) {
        auto const found = area.source->page(area.source_index(page), true);
        if (!found) return fail(found.error() == Errno::nomem ? Errno::nomem : Errno::nxio);
        frame = *found;
        if (frame != old) frames_.retain(frame);
    } else if (frames_.users(old) != 1) {
        bool const zeros = old == frames_.zeros();
        frame = TRY(zeros ? frames_.allocate_zeroed() : frames_.allocate());
        if (!zeros) std::memcpy(frames_.bytes(frame), frames_.bytes(old), page_bytes);
    }
    bool const copied = frame != old && !area.shared;
    entry =
        PageEntry(frame, written | (copied || entry.has(PageEntry::copy) ? PageEntry::copy : 0));
    if (frame != old) {
        // Other threads may still reach the old frame through the hardware until it is replaced,
        // which must be before anybody else gets it.
        if (frames_.users(old) == 1) machine_.unmap(handle_, page * page_bytes, 1);
        frames_.release(old);
    }
    return run(page, entry);
}

/// Map a file's page, and those behind it that are at hand and lie behind it in memory too.
PageRun ProgramSpace::map_around(Area& area, std::uint64_t page, Frame frame, std::uint32_t flags) {
    PageRun result = run(page, PageEntry(frame, flags));
    std::uint64_t const first = page;
    std::uint64_t const end = std::min(area.end_page(), base::align_down(page + around, around));
    for (;;) {
        auto* entry = pages_.find(page);
        if (entry == nullptr || entry->present()) break;
        frames_.retain(frame);
        *entry = PageEntry(frame, flags);
        resident_++;
        result.pages = static_cast<std::uint32_t>(++page - first);
        if (page >= end) break;
        Frame const next = area.source->page_if_present(area.source_index(page));
        if (next.raw != frame.raw + 1 || frames_.attachment(next) != frames_.attachment(frame))
            break;
        frame = next;
    }
    return result;
}

Result<> ProgramSpace::put(PageRun const& run) {
    auto const mapped = machine_.map(handle_, run.address, run.frame, run.pages, run.protection);
    if (mapped) return {};
    for (std::uint64_t i = 0; i < run.pages; i++)
        pages_.find(run.address / page_bytes + i)->set_flags(0);
    return mapped;
}

Result<std::span<std::byte>> ProgramSpace::reach(UserAddress address, std::size_t bytes,
                                                 std::uint32_t wanted) {
    if (address >= layout::task_end) return fail(Errno::fault);
    auto const in = [&](PageEntry const& entry) {
        std::size_t const offset = address % page_bytes;
        return std::span(frames_.bytes(entry.frame()) + offset,
                         std::min(bytes, page_bytes - offset));
    };
    auto const needed = (wanted & access::write) != 0 ? PageEntry::write : PageEntry::read;
    auto const* entry = pages_.find(address / page_bytes);
    if (entry != nullptr && entry->has(needed)) [[likely]]
        return in(*entry);
    auto const mapped = fault(address, wanted);
    if (!mapped) return fail(mapped.error() == Errno::nomem ? Errno::nomem : Errno::fault);
    auto const found = in(*pages_.find(address / page_bytes));
    // The program will want it next. If the tables have no room, its own fault will tell.
    static_cast<void>(put(*mapped));
    return found;
}

Result<std::span<std::byte const>> ProgramSpace::readable(UserAddress address, std::size_t bytes) {
    return TRY(reach(address, bytes, access::read));
}

Result<std::span<std::byte>> ProgramSpace::writable(UserAddress address, std::size_t bytes) {
    return reach(address, bytes, access::write);
}

} // namespace personality

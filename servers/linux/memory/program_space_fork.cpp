// fork: the child gets the areas and, page by page, the frames; what is private loses its write
// permission on both sides and is copied by whoever writes first.

#include <servers/linux/memory/program_space.hpp>

#include <algorithm>

namespace personality {

Result<Ref<ProgramSpace>> ProgramSpace::fork() {
    auto child = TRY(create(frames_, machine_));
    TRY(child->copy_from(*this));
    return child;
}

Result<> ProgramSpace::copy_from(ProgramSpace& parent) {
    break_start_ = parent.break_start_;
    break_ = parent.break_;
    parts = parent.parts;
    stack_limit = parent.stack_limit;
    space_limit = parent.space_limit;
    data_limit = parent.data_limit;
    barriers = parent.barriers;
    executable_hold = parent.executable_hold;
    mapping_top = parent.mapping_top;
    TRY(areas_.reserve(parent.areas_.all().size()));
    for (auto* area : parent.areas_.all()) {
        if (area->keep_from_child) continue;
        Area copy = *area;
        copy.space = this;
        copy.locked = false;
        TRY(areas_.insert(copy));
        if (area->wipe_in_child) continue;

        std::uint64_t mapped_first = ~std::uint64_t{0}, mapped_end = 0;
        bool const copied = parent.pages_.each(
            area->first_page(), area->end_page(), [&](std::uint64_t page, PageEntry& entry) {
                auto slot = pages_.make(page);
                if (!slot) return false;
                if (!area->shared && entry.has(PageEntry::write))
                    entry.set_flags(entry.flags() & ~PageEntry::write);
                **slot = entry;
                frames_.retain(entry.frame());
                resident_++;
                if (entry.flags() != 0) {
                    mapped_first = std::min(mapped_first, page);
                    mapped_end = page + 1;
                }
                return true;
            });
        // Also after a failure: the parent's entries say that it may not write any more.
        if (mapped_end != 0)
            TRY(machine_.copy_mappings(handle_, parent.handle_, mapped_first * page_bytes,
                                       mapped_end - mapped_first, !area->shared));
        if (!copied) return fail(Errno::nomem);
    }
    return {};
}

} // namespace personality

#include <servers/linux/fs/proc/memory_parts.hpp>

#include <servers/linux/memory/program_space.hpp>

namespace personality {

MemoryParts memory_parts(ProgramSpace& memory) {
    MemoryParts parts;
    auto const& known = memory.parts;
    parts.code = (known.code_end + page_bytes - 1) / page_bytes - known.code_start / page_bytes;
    for (auto const* area : memory.areas().all()) {
        auto const pages = area->end_page() - area->first_page();
        bool const writable = (area->protection & access::write) != 0;
        if (area->grows_down)
            parts.stack += pages;
        else if (writable && !area->shared)
            parts.data += pages;
        else if ((area->protection & access::execute) != 0 && area->source)
            parts.libraries += pages;
        if (area->locked) parts.locked += pages;
        if (!area->source) continue;
        memory.each_page(area->first_page(), area->end_page(), [&](PageEntry entry, std::uint32_t) {
            bool const own = !area->shared && entry.has(PageEntry::write);
            parts.resident_files += !own;
            return true;
        });
    }
    parts.libraries -= parts.libraries < parts.code ? parts.libraries : parts.code;
    return parts;
}

} // namespace personality

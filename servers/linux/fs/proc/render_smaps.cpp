// /proc/PID/smaps and smaps_rollup: how much of each part of a program's memory is there.

#include <servers/linux/fs/generated/text.hpp>
#include <servers/linux/fs/proc/proc_task.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/process.hpp>

#include <algorithm>

namespace personality {

namespace {

constexpr std::uint64_t kilobytes = page_bytes / 1024;

/// In pages, but for the share, which is in 1/4096 of a page.
struct Sums {
    std::uint64_t size = 0, resident = 0, share = 0;
    std::uint64_t shared_clean = 0, shared_dirty = 0, private_clean = 0, private_dirty = 0;
    std::uint64_t anonymous = 0, locked = 0;

    void add(Sums const& other) {
        size += other.size, resident += other.resident, share += other.share;
        shared_clean += other.shared_clean, shared_dirty += other.shared_dirty;
        private_clean += other.private_clean, private_dirty += other.private_dirty;
        anonymous += other.anonymous, locked += other.locked;
    }
};

Sums measure(ProgramSpace& memory, Area const& area) {
    Sums sums{.size = area.end_page() - area.first_page()};
    memory.each_page(area.first_page(), area.end_page(), [&](PageEntry entry, std::uint32_t users) {
        sums.resident++;
        // Of a private mapping of a file, what may be written is a copy by now.
        bool const own = !area.source || (!area.shared && entry.has(PageEntry::write));
        bool const dirty = own || entry.has(PageEntry::write);
        // A page of a file has the file as a user beside those who map it.
        auto const mapped = std::max(own || users == 0 ? users : users - 1, 1U);
        sums.share += page_bytes / mapped;
        if (mapped > 1)
            (dirty ? sums.shared_dirty : sums.shared_clean)++;
        else
            (dirty ? sums.private_dirty : sums.private_clean)++;
        sums.anonymous += own;
        sums.locked += area.locked;
        return true;
    });
    return sums;
}

void line(Text& text, std::string_view name, std::uint64_t kilobyte_count) {
    text.put(name).put(':');
    for (auto at = name.size() + 1; at < 16; at++) text.put(' ');
    text.decimal(kilobyte_count, 8).put(" kB\n");
}

void put_sums(Sums const& sums, Text& text) {
    line(text, "Rss", sums.resident * kilobytes);
    line(text, "Pss", sums.share / 1024);
    line(text, "Shared_Clean", sums.shared_clean * kilobytes);
    line(text, "Shared_Dirty", sums.shared_dirty * kilobytes);
    line(text, "Private_Clean", sums.private_clean * kilobytes);
    line(text, "Private_Dirty", sums.private_dirty * kilobytes);
    line(text, "Referenced", sums.resident * kilobytes);
    line(text, "Anonymous", sums.anonymous * kilobytes);
    for (auto const* name : {"LazyFree", "AnonHugePages", "ShmemPmdMapped", "FilePmdMapped",
                             "Shared_Hugetlb", "Private_Hugetlb", "Swap", "SwapPss"})
        line(text, name, 0);
    line(text, "Locked", sums.locked * kilobytes);
}

void put_flags(Area const& area, Text& text) {
    text.put("THPeligible:           0\nVmFlags: ");
    if ((area.protection & access::read) != 0) text.put("rd ");
    if ((area.protection & access::write) != 0) text.put("wr ");
    if ((area.protection & access::execute) != 0) text.put("ex ");
    if (area.shared) text.put("sh ");
    text.put(area.shared && area.never_write ? "mr me ms " : "mr mw me ");
    if (area.grows_down) text.put("gd ");
    if (area.locked) text.put("lo ");
    if (area.keep_from_child) text.put("dc ");
    if (area.wipe_in_child) text.put("wf ");
    text.put('\n');
}

} // namespace

Result<> render_smaps(Task& task, Text& text) {
    if (!task.process.memory) return {};
    auto& memory = task.memory();
    for (auto const* area : memory.areas().all()) {
        put_area(task, *area, text);
        auto const sums = measure(memory, *area);
        line(text, "Size", sums.size * kilobytes);
        line(text, "KernelPageSize", kilobytes);
        line(text, "MMUPageSize", kilobytes);
        put_sums(sums, text);
        put_flags(*area, text);
    }
    return {};
}

Result<> render_smaps_rollup(Task& task, Text& text) {
    if (!task.process.memory) return {};
    auto& memory = task.memory();
    Sums all;
    std::uint64_t first = 0, end = 0;
    for (auto const* area : memory.areas().all()) {
        if (first == 0) first = area->start;
        end = area->end;
        all.add(measure(memory, *area));
    }
    text.hexadecimal(first, 8).put('-').hexadecimal(end, 8);
    text.put(" ---p 00000000 00:00 0                          [rollup]\n");
    put_sums(all, text);
    return {};
}

} // namespace personality

// /proc/PID/maps: what lies where in a program's memory.

#include <servers/linux/fs/file.hpp>
#include <servers/linux/fs/file_system.hpp>
#include <servers/linux/fs/generated/text.hpp>
#include <servers/linux/fs/proc/proc_task.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/system.hpp>

#include <algorithm>
#include <array>

namespace personality {

namespace {

std::string_view special_name(Area::Name name) {
    switch (name) {
    case Area::Name::heap: return "[heap]";
    case Area::Name::stack: return "[stack]";
    case Area::Name::vvar: return "[vvar]";
    case Area::Name::vdso: return "[vdso]";
    case Area::Name::none: break;
    }
    return {};
}

unsigned digits(std::uint64_t number, unsigned base, unsigned least) {
    unsigned count = 1;
    while (number >= base) number /= base, count++;
    return std::max(count, least);
}

} // namespace

void put_area(Task& task, Area const& area, Text& text) {
    text.hexadecimal(area.start, 8).put('-').hexadecimal(area.end, 8).put(' ');
    text.put((area.protection & access::read) != 0 ? 'r' : '-');
    text.put((area.protection & access::write) != 0 ? 'w' : '-');
    text.put((area.protection & access::execute) != 0 ? 'x' : '-');
    bool const ours = area.name == Area::Name::vvar || area.name == Area::Name::vdso;
    text.put(area.shared && !ours ? 's' : 'p').put(' ');
    auto const* const file = static_cast<File const*>(area.file.get());
    auto const device = file != nullptr ? file->inode().volume.device : DeviceNumber{};
    auto const offset = file != nullptr ? area.source_page * page_bytes : 0;
    auto const number = file != nullptr ? file->inode().number : 0;
    text.hexadecimal(offset, 8).put(' ');
    text.hexadecimal(device.major, 2).put(':').hexadecimal(device.minor, 2).put(' ');
    text.decimal(number);
    std::array<char, longest_path> memory;
    auto name = special_name(area.name);
    if (file != nullptr)
        name = path_of(file->location, task.system().files->mounts.root(), memory).value_or("?");
    if (!name.empty()) {
        // Names stand in column 74, as they have ever since addresses became long.
        auto at = digits(area.start, 16, 8) + digits(area.end, 16, 8) + digits(offset, 16, 8) +
                  digits(device.major, 16, 2) + digits(device.minor, 16, 2) +
                  digits(number, 10, 1) + 10;
        do text.put(' ');
        while (++at < 73);
        text.put(name);
    }
    text.put('\n');
}

Result<> render_maps(Task& task, Text& text) {
    if (!task.process.memory) return {};
    for (auto const* area : task.memory().areas().all()) put_area(task, *area, text);
    return {};
}

} // namespace personality

// /proc/PID/maps: what lies where in a program's memory.

#include <servers/linux/fs/file.hpp>
#include <servers/linux/fs/file_system.hpp>
#include <servers/linux/fs/generated/text.hpp>
#include <servers/linux/fs/proc/proc_task.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/system.hpp>

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

} // namespace

Result<> render_maps(Task& task, Text& text) {
    if (!task.process.memory) return {};
    auto const root = task.system().files->mounts.root();
    std::array<char, longest_path> memory;
    for (auto const* area : task.memory().areas().all()) {
        text.hexadecimal(area->start, 8).put('-').hexadecimal(area->end, 8).put(' ');
        text.put((area->protection & access::read) != 0 ? 'r' : '-');
        text.put((area->protection & access::write) != 0 ? 'w' : '-');
        text.put((area->protection & access::execute) != 0 ? 'x' : '-');
        bool const ours = area->name == Area::Name::vvar || area->name == Area::Name::vdso;
        text.put(area->shared && !ours ? 's' : 'p').put(' ');
        auto const* const file = static_cast<File const*>(area->file.get());
        auto const device = file != nullptr ? file->inode().volume.device : DeviceNumber{};
        text.hexadecimal(file != nullptr ? area->source_page * page_bytes : 0, 8).put(' ');
        text.hexadecimal(device.major, 2).put(':').hexadecimal(device.minor, 2).put(' ');
        text.decimal(file != nullptr ? file->inode().number : 0);
        auto name = special_name(area->name);
        if (file != nullptr) name = path_of(file->location, root, memory).value_or("?");
        if (!name.empty()) text.put("                    ").put(name);
        text.put('\n');
    }
    return {};
}

} // namespace personality

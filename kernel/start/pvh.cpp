#include <kernel/start/loader.hpp>

#include <formats/pvh.hpp>

namespace kernel {
namespace pvh = formats::pvh;

std::string_view read_pvh(PhysicalReader const& reader, base::Phys at, LoaderInformation& into) {
    auto const info = reader.object<pvh::StartInfo>(at);
    if (!info || info->magic != pvh::magic) return "PVH: no start information where it should be";
    if (info->version < 1 || info->memory_map_entries == 0)
        return "PVH: the loader is too old to tell the memory map";

    for (std::uint64_t n = 0; n < info->memory_map_entries; n++) {
        base::Phys const place{info->memory_map + n * sizeof(pvh::MemoryMapEntry)};
        auto const entry = reader.object<pvh::MemoryMapEntry>(place);
        if (!entry) return "PVH: the memory map is out of reach";
        if (!into.memory.push_back(
                {{entry->address}, entry->bytes, static_cast<FirmwareMemory>(entry->type)}))
            return "PVH: the memory map has too many entries";
    }
    for (std::uint64_t n = 0; n < info->modules; n++) {
        auto const module =
            reader.object<pvh::Module>({info->module_list + n * sizeof(pvh::Module)});
        if (!module) return "PVH: the list of modules is out of reach";
        if (!into.modules.push_back({{module->address}, module->bytes}))
            return "PVH: there are too many modules";
    }
    if (info->command_line != 0) into.set_command_line(reader, {info->command_line});
    into.info.rsdp = info->rsdp;
    return {};
}

} // namespace kernel

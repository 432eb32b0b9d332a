#include <kernel/start/loader.hpp>

#include <formats/multiboot2.hpp>

namespace kernel {
namespace multiboot2 = formats::multiboot2;
namespace {

constexpr std::string_view cut = "multiboot2: a tag of the boot information is cut";

std::string_view read_memory_map(Bytes tag, LoaderInformation& into) {
    auto const map = read_object<multiboot2::MemoryMap>(tag);
    if (!map || map->entry_bytes < sizeof(multiboot2::MemoryMapEntry)) return cut;
    for (std::size_t at = sizeof(multiboot2::MemoryMap); at < tag.size(); at += map->entry_bytes) {
        auto const entry = read_object<multiboot2::MemoryMapEntry>(tag, at);
        if (!entry) return cut;
        if (!into.memory.push_back(
                {{entry->address}, entry->bytes, static_cast<FirmwareMemory>(entry->type)}))
            return "multiboot2: the memory map has too many entries";
    }
    return {};
}

std::string_view read_module(Bytes tag, LoaderInformation& into) {
    auto const module = read_object<multiboot2::Module>(tag);
    if (!module || module->end < module->begin) return cut;
    if (!into.modules.push_back({{module->begin}, module->end - module->begin}))
        return "multiboot2: there are too many modules";
    return {};
}

std::string_view read_framebuffer(Bytes tag, LoaderInformation& into) {
    auto const screen = read_object<multiboot2::Framebuffer>(tag);
    if (!screen) return cut;
    if (screen->type == multiboot2::framebuffer_of_colours)
        into.info.framebuffer = {screen->address, screen->width, screen->height, screen->pitch,
                                 screen->bits};
    return {};
}

/// `place`: where the tag lies.
std::string_view read_tag(PhysicalReader const& reader, base::Phys place,
                          multiboot2::Tag const& tag, LoaderInformation& into) {
    Bytes const bytes = reader.bytes(place, tag.bytes);
    base::Phys const content = place + sizeof(multiboot2::Tag);
    switch (tag.type) {
    case multiboot2::Type::command_line: into.set_command_line(reader, content); break;
    case multiboot2::Type::module: return read_module(bytes, into);
    case multiboot2::Type::memory_map: return read_memory_map(bytes, into);
    case multiboot2::Type::framebuffer: return read_framebuffer(bytes, into);
    case multiboot2::Type::rsdp_old:
        if (into.info.rsdp == 0) into.info.rsdp = content.raw;
        break;
    case multiboot2::Type::rsdp_new: into.info.rsdp = content.raw; break;
    case multiboot2::Type::end: break;
    }
    return {};
}

} // namespace

std::string_view read_multiboot2(PhysicalReader const& reader, base::Phys at,
                                 LoaderInformation& into) {
    auto const information = reader.object<multiboot2::Information>(at);
    if (!information || reader.bytes(at, information->bytes).empty())
        return "multiboot2: no boot information where it should be";

    std::uint64_t offset = sizeof(multiboot2::Information);
    while (true) {
        auto const tag = reader.object<multiboot2::Tag>(at + offset);
        if (!tag || tag->bytes < sizeof(multiboot2::Tag) || offset > information->bytes ||
            tag->bytes > information->bytes - offset)
            return cut;
        if (tag->type == multiboot2::Type::end) break;
        if (auto const why = read_tag(reader, at + offset, *tag, into); !why.empty()) return why;
        offset += base::align_up(tag->bytes, multiboot2::tag_alignment);
    }
    if (into.memory.empty()) return "multiboot2: the loader does not tell the memory map";
    return {};
}

} // namespace kernel

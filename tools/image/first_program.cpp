#include <tools/image/first_program.hpp>

#include <formats/elf.hpp>
#include <tools/image/host.hpp>

#include <stdexcept>

namespace image {

FirstProgram lay_out_first_program(std::filesystem::path const& path) {
    auto const file = read_host_file(path);
    auto const layout = elf::parse(std::as_bytes(std::span(file)));
    auto const refuse = [&](std::string_view why) {
        throw std::runtime_error(path.string() +
                                 " can't be the first program: " + std::string(why));
    };
    if (!layout) refuse(elf::explain(layout.error()));
    if (layout->type != elf::FileType::fixed) refuse("it is not linked at a fixed address");
    if (layout->interpreter) refuse("it wants an interpreter");
    if (layout->segments > abi::archive::max_init_segments) refuse("it has too many segments");

    FirstProgram result{layout->entry, {}};
    for (auto const& segment : layout->loaded()) {
        std::string bytes(segment.pages() * abi::page_bytes, '\0');
        bytes.replace(segment.address - segment.first_page(), segment.file_bytes,
                      file.substr(segment.offset, segment.file_bytes));
        result.segments.push_back({segment.first_page(),
                                   static_cast<std::uint32_t>(segment.protection),
                                   std::move(bytes)});
    }
    return result;
}

} // namespace image

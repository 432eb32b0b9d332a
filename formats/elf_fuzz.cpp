// Whatever the file says: no access outside it, and an accepted layout keeps its promises.

#include <formats/elf.hpp>

#include <cstdlib>

namespace {

void demand(bool holds) {
    if (!holds) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const file = std::as_bytes(std::span(data, size));
    auto const layout = elf::parse(file);
    if (!layout) {
        demand(elf::explain(layout.error()) != "unknown problem");
        return 0;
    }
    demand(layout->segments > 0 && layout->segments <= elf::max_segments);
    std::uint64_t last = 0;
    for (auto const& segment : layout->loaded()) {
        demand(segment.offset + segment.file_bytes <= size);
        demand(segment.file_bytes <= segment.memory_bytes);
        demand(segment.first_page() >= last && segment.end() <= abi::user_end);
        last = segment.first_page() + segment.pages() * abi::page_bytes;
        demand(last >= segment.end());
    }
    if (layout->interpreter)
        (void)elf::interpreter_path(
            file.subspan(layout->interpreter->first, layout->interpreter->bytes));
    return 0;
}

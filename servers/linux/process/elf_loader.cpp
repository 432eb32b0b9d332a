#include <servers/linux/process/elf_loader.hpp>

#include <servers/linux/call.hpp>
#include <servers/linux/process/task.hpp>

#include <base/address.hpp>

#include <algorithm>

namespace personality {

namespace {

std::uint32_t access_of(abi::Protection protection) {
    return (protection != abi::Protection::none ? access::read : 0) |
           (abi::writable(protection) ? access::write : 0) |
           (abi::executable(protection) ? access::execute : 0);
}

Result<> map_segment(ProgramSpace& space, ElfFile const& program, elf::Segment const& segment,
                     Ref<PageSource> const& pages, UserAddress base) {
    std::uint32_t const protection =
        access_of(segment.protection) | (segment.writable_code ? access::execute : 0);
    UserAddress const start = base + segment.first_page();
    UserAddress const end = start + segment.pages() * page_bytes;
    UserAddress const file_end = base + segment.address + segment.file_bytes;
    UserAddress const file_pages_end =
        segment.file_bytes == 0 ? start : base::align_up(file_end, page_bytes);
    if (file_pages_end > start) {
        TRY(space.map({.start = start,
                       .end = file_pages_end,
                       .protection = protection,
                       .source = pages,
                       .source_page = segment.offset / page_bytes,
                       .file = Ref<Counted>(program.file)}));
    }
    if (end > file_pages_end) {
        TRY(space.map({.start = file_pages_end, .end = end, .protection = protection}));
    }
    // The rest of the last page of the file is the beginning of what must be zero.
    if (segment.memory_bytes > segment.file_bytes && file_pages_end > file_end &&
        segment.file_bytes != 0 && abi::writable(segment.protection))
        TRY(space.fill(file_end, std::byte{0}, file_pages_end - file_end));
    return {};
}

/// More memory of zeros than there is at all, which mmap would refuse too.
bool asks_too_much(elf::Layout const& layout, FramePool const& frames) {
    return std::ranges::any_of(layout.loaded(), [&](elf::Segment const& segment) {
        return segment.memory_bytes > segment.file_bytes &&
               (segment.memory_bytes - segment.file_bytes) / page_bytes > frames.total();
    });
}

} // namespace

Result<std::size_t> read_file(Task& task, File& file, std::uint64_t offset,
                              std::span<std::byte> to) {
    Call call(task);
    auto buffer = UserBuffer::internal(to);
    while (buffer.remaining() != 0) {
        auto const before = buffer.moved(); // an outcome is what the buffer has moved in all
        auto const outcome = file.read_at(call, buffer, offset + before);
        if (outcome.is_blocked()) return fail(Errno::io);
        if (outcome.is_error()) return fail(static_cast<Errno>(-outcome.value()));
        if (buffer.moved() == before) break;
    }
    return buffer.moved();
}

Result<ElfFile> read_elf(Task& task, Ref<File> file) {
    std::uint64_t const size = file->inode().attributes().size;
    std::byte start[elf::header_bytes];
    if (TRY(read_file(task, *file, 0, start)) < sizeof(start)) return fail(Errno::noexec);
    auto const header = elf::read_header(start, size);
    if (!header) return fail(Errno::noexec);
    // Programs have about a dozen headers; what a loader of ours takes must fit here.
    std::array<std::byte, 64 * elf::program_header_bytes> table;
    if (header->table_bytes() > table.size()) return fail(Errno::noexec);
    auto const wanted = std::span(table).first(header->table_bytes());
    if (TRY(read_file(task, *file, header->table_offset, wanted)) < wanted.size())
        return fail(Errno::noexec);
    auto layout = elf::read_layout(*header, wanted, size, elf::Checks::mappable);
    if (!layout && layout.error() == elf::Problem::bad_interpreter) return fail(Errno::noexec);
    if (!layout || asks_too_much(*layout, task.environment().frames))
        return ElfFile{.file = std::move(file), .stillborn = true};
    return ElfFile{.layout = *layout, .file = std::move(file)};
}

Result<std::string_view> interpreter_of(Task& task, ElfFile const& program, std::span<char> field) {
    if (!program.layout.interpreter) return std::string_view{};
    auto const range = *program.layout.interpreter;
    if (range.bytes > field.size()) return fail(Errno::noexec);
    auto const bytes = std::as_writable_bytes(field.first(range.bytes));
    if (TRY(read_file(task, *program.file, range.first, bytes)) < range.bytes)
        return fail(Errno::noexec);
    auto const path = elf::interpreter_path(bytes);
    if (!path) return fail(Errno::noexec);
    return *path;
}

Result<LoadedElf> map_elf(ProgramSpace& space, ElfFile const& program, UserAddress base) {
    auto const& image = program.layout;
    if (image.type == elf::FileType::fixed) {
        base = 0;
        if (image.lowest() < layout::lowest || image.highest() > layout::task_end)
            return fail(Errno::nomem);
    } else {
        base = base::align_up(base, image.alignment) - image.lowest();
        if (image.highest() > layout::task_end - base) return fail(Errno::nomem);
        if (!space.areas().free(base + image.lowest(), base + image.highest()))
            return fail(Errno::nomem);
    }
    auto const pages = TRY(program.file->pages());
    for (auto const& segment : image.loaded()) {
        if (segment.memory_bytes != 0) TRY(map_segment(space, program, segment, pages, base));
    }
    return LoadedElf{.entry = base + image.entry,
                     .base = base,
                     .headers = image.headers_address ? base + *image.headers_address : 0,
                     .end = base + image.highest()};
}

} // namespace personality

#include <formats/elf.hpp>

#include <algorithm>
#include <bit>
#include <cstring>

namespace elf {

namespace {

constexpr std::uint32_t load = 1, interp = 3, phdr = 6, tls = 7;
constexpr std::uint32_t gnu_stack = 0x6474e551, gnu_relro = 0x6474e552;
constexpr std::uint32_t flag_execute = 1, flag_write = 2;
constexpr std::uint64_t longest_interpreter = 4096;

struct FileHeader {
    std::uint8_t ident[16];
    std::uint16_t type, machine;
    std::uint32_t version;
    std::uint64_t entry, program_headers, section_headers;
    std::uint32_t flags;
    std::uint16_t header_size, program_header_size, program_header_count;
    std::uint16_t section_header_size, section_header_count, section_names;
};
static_assert(sizeof(FileHeader) == header_bytes);

struct ProgramHeader {
    std::uint32_t type, flags;
    std::uint64_t offset, address, physical, file_bytes, memory_bytes, alignment;
};
static_assert(sizeof(ProgramHeader) == program_header_bytes);

/// True if `bytes` bytes from `first` end at or before `limit`, without running over.
constexpr bool within(std::uint64_t first, std::uint64_t bytes, std::uint64_t limit) {
    return first <= limit && bytes <= limit - first;
}

constexpr bool in_memory(Segment const& segment, std::uint64_t address, std::uint64_t bytes) {
    return address >= segment.address &&
           within(address - segment.address, bytes, segment.memory_bytes);
}

/// Builds a Layout header by header. What refers to the segments is checked at the end, since the
/// headers come in any order.
class LayoutReader {
public:
    LayoutReader(Header const& header, std::uint64_t file_bytes, Checks checks)
        : header_(header), file_bytes_(file_bytes), checks_(checks) {
        layout_.type = header.type;
        layout_.entry = header.entry;
        layout_.headers = header.table_entries;
    }

    std::optional<Problem> take(ProgramHeader const& entry) {
        switch (entry.type) {
        case load: return take_segment(entry);
        case interp: return take_interpreter(entry);
        case tls: return take_tls(entry);
        case gnu_relro: layout_.relro = Range{entry.address, entry.memory_bytes}; break;
        case gnu_stack: layout_.executable_stack = (entry.flags & flag_execute) != 0; break;
        case phdr: announced_headers_ = entry.address; break;
        default: break;
        }
        return std::nullopt;
    }

    Result<Layout> finish() {
        if (layout_.segments == 0) return std::unexpected(Problem::no_segments);
        if (checks_ == Checks::mappable) {
            find_headers();
            return layout_;
        }
        if (!entry_in_code()) return std::unexpected(Problem::entry_outside_code);
        if (!tls_in_segment()) return std::unexpected(Problem::bad_tls);
        if (!relro_in_segment()) return std::unexpected(Problem::bad_relro);
        find_headers();
        if (announced_headers_ && announced_headers_ != layout_.headers_address)
            return std::unexpected(Problem::bad_header_address);
        return layout_;
    }

private:
    Header const& header_;
    std::uint64_t file_bytes_;
    Checks checks_;
    Layout layout_{};
    std::optional<std::uint64_t> announced_headers_; ///< PT_PHDR

    std::optional<Problem> take_segment(ProgramHeader const& entry) {
        if (entry.memory_bytes < entry.file_bytes) return Problem::segment_shrinks;
        if (entry.memory_bytes == 0) return std::nullopt;
        // What is mapped behind the end of a file can't be touched.
        std::uint64_t const limit = checks_ == Checks::all ? file_bytes_ : abi::user_end;
        if (!within(entry.offset, entry.file_bytes, limit)) return Problem::segment_outside_file;
        if (!within(entry.address, entry.memory_bytes, abi::user_end))
            return Problem::segment_outside_memory;
        if (((entry.address ^ entry.offset) & (abi::page_bytes - 1)) != 0)
            return Problem::segment_misaligned;
        if (entry.alignment > 1 && !std::has_single_bit(entry.alignment))
            return Problem::bad_alignment;
        if (entry.alignment > abi::huge_page_bytes) return Problem::bad_alignment;
        auto protection = protection_of(entry.flags);
        bool const writable_code = !protection;
        if (writable_code && checks_ == Checks::all) return Problem::write_and_execute;
        if (writable_code) protection = abi::Protection::read_write;
        if (layout_.segments == max_segments) return Problem::too_many_segments;

        Segment const segment{entry.offset,       entry.file_bytes, entry.address,
                              entry.memory_bytes, *protection,      writable_code};
        if (layout_.segments > 0 && segment.first_page() < layout_.highest())
            return Problem::segments_overlap;
        layout_.segment[layout_.segments++] = segment;
        layout_.alignment = std::max(layout_.alignment, entry.alignment);
        return std::nullopt;
    }

    static std::optional<abi::Protection> protection_of(std::uint32_t flags) {
        bool const write = (flags & flag_write) != 0;
        bool const execute = (flags & flag_execute) != 0;
        if (write && execute) return std::nullopt;
        if (write) return abi::Protection::read_write;
        // A segment that nobody may read is mapped readable: x86 has no write-only page, and no
        // execute-only one without protection keys.
        return execute ? abi::Protection::read_execute : abi::Protection::read;
    }

    std::optional<Problem> take_interpreter(ProgramHeader const& entry) {
        if (layout_.interpreter) return Problem::interpreter_twice;
        if (entry.file_bytes < 2 || entry.file_bytes > longest_interpreter ||
            !within(entry.offset, entry.file_bytes, file_bytes_))
            return Problem::bad_interpreter;
        layout_.interpreter = Range{entry.offset, entry.file_bytes};
        return std::nullopt;
    }

    std::optional<Problem> take_tls(ProgramHeader const& entry) {
        auto const alignment = std::max<std::uint64_t>(entry.alignment, 1);
        if (checks_ == Checks::mappable) return std::nullopt;
        if (layout_.tls || entry.file_bytes > entry.memory_bytes ||
            !std::has_single_bit(alignment) || alignment > abi::large_page_bytes ||
            entry.memory_bytes > abi::huge_page_bytes)
            return Problem::bad_tls;
        layout_.tls = Tls{entry.address, entry.file_bytes, entry.memory_bytes, alignment};
        return std::nullopt;
    }

    bool entry_in_code() const {
        return std::ranges::any_of(layout_.loaded(), [&](Segment const& segment) {
            return abi::executable(segment.protection) && in_memory(segment, layout_.entry, 1);
        });
    }

    // Only the initialised part must be there: the rest of PT_TLS describes each thread's copy.
    bool tls_in_segment() const {
        if (!layout_.tls || layout_.tls->file_bytes == 0) return true;
        return std::ranges::any_of(layout_.loaded(), [&](Segment const& segment) {
            return in_memory(segment, layout_.tls->address, layout_.tls->file_bytes);
        });
    }

    // Linkers round its end up to the page size, beyond the last byte of the segment.
    bool relro_in_segment() const {
        if (!layout_.relro || layout_.relro->bytes == 0) return true;
        auto const& relro = *layout_.relro;
        return std::ranges::any_of(layout_.loaded(), [&](Segment const& segment) {
            return relro.first >= segment.address &&
                   within(relro.first - segment.first_page(), relro.bytes,
                          segment.pages() * abi::page_bytes);
        });
    }

    void find_headers() {
        for (auto const& segment : layout_.loaded())
            if (header_.table_offset >= segment.offset &&
                within(header_.table_offset - segment.offset, header_.table_bytes(),
                       segment.file_bytes)) {
                layout_.headers_address = segment.address + header_.table_offset - segment.offset;
                return;
            }
    }
};

} // namespace

Result<Header> read_header(Bytes start, std::uint64_t file_bytes) {
    if (start.size() < header_bytes || file_bytes < header_bytes)
        return std::unexpected(Problem::too_short);
    FileHeader file;
    std::memcpy(&file, start.data(), sizeof file);

    if (std::memcmp(file.ident, "\177ELF", 4) != 0) return std::unexpected(Problem::not_elf);
    if (file.ident[4] != 2) return std::unexpected(Problem::not_64_bit);
    if (file.ident[5] != 1) return std::unexpected(Problem::not_little_endian);
    if (file.ident[6] != 1 || file.version != 1) return std::unexpected(Problem::wrong_version);
    if (file.machine != 62) return std::unexpected(Problem::not_x86_64);
    if (file.type != 2 && file.type != 3) return std::unexpected(Problem::not_executable);
    if (file.program_header_count == 0) return std::unexpected(Problem::no_program_headers);
    if (file.program_header_size != program_header_bytes)
        return std::unexpected(Problem::wrong_header_size);
    if (file.program_header_count > max_program_headers)
        return std::unexpected(Problem::too_many_program_headers);

    Header const header{static_cast<FileType>(file.type), file.entry, file.program_headers,
                        file.program_header_count};
    if (!within(header.table_offset, header.table_bytes(), file_bytes))
        return std::unexpected(Problem::headers_outside_file);
    return header;
}

Result<Layout> read_layout(Header const& header, Bytes table, std::uint64_t file_bytes,
                           Checks checks) {
    if (table.size() < header.table_bytes()) return std::unexpected(Problem::headers_outside_file);
    LayoutReader reader(header, file_bytes, checks);
    for (std::size_t i = 0; i < header.table_entries; i++) {
        ProgramHeader entry;
        std::memcpy(&entry, table.subspan(i * sizeof entry, sizeof entry).data(), sizeof entry);
        if (auto const problem = reader.take(entry)) return std::unexpected(*problem);
    }
    return reader.finish();
}

Result<Layout> parse(Bytes file) {
    auto const header = read_header(file, file.size());
    if (!header) return std::unexpected(header.error());
    return read_layout(*header, file.subspan(header->table_offset, header->table_bytes()),
                       file.size());
}

Result<std::string_view> interpreter_path(Bytes field) {
    std::string_view const text(reinterpret_cast<char const*>(field.data()), field.size());
    auto const end = text.find('\0');
    if (end == text.npos || end == 0 || end + 1 != text.size())
        return std::unexpected(Problem::bad_interpreter);
    return text.substr(0, end);
}

std::string_view explain(Problem problem) {
    switch (problem) {
    case Problem::too_short: return "the file is shorter than an ELF header";
    case Problem::not_elf: return "the file does not begin as an ELF file";
    case Problem::not_64_bit: return "the file is not a 64-bit ELF file";
    case Problem::not_little_endian: return "the file is not little-endian";
    case Problem::wrong_version: return "the file has an unknown ELF version";
    case Problem::not_x86_64: return "the file is for another processor than x86-64";
    case Problem::not_executable: return "the file is neither a program nor a shared object";
    case Problem::wrong_header_size: return "program headers are not 56 bytes long";
    case Problem::no_program_headers: return "there are no program headers";
    case Problem::too_many_program_headers: return "the program headers take more than 64 KiB";
    case Problem::headers_outside_file: return "the program headers lie outside the file";
    case Problem::no_segments: return "no segment is to be loaded";
    case Problem::too_many_segments: return "more than 32 segments are to be loaded";
    case Problem::segment_outside_file: return "a segment lies outside the file";
    case Problem::segment_shrinks: return "a segment is longer in the file than in memory";
    case Problem::segment_outside_memory: return "a segment lies outside the user half of memory";
    case Problem::segment_misaligned:
        return "address and file offset of a segment differ in a page";
    case Problem::bad_alignment: return "an alignment is no power of two, or above 1 GiB";
    case Problem::segments_overlap: return "segments overlap, share a page, or do not ascend";
    case Problem::write_and_execute: return "a segment is writable and executable";
    case Problem::entry_outside_code: return "the entry point lies outside the code";
    case Problem::interpreter_twice: return "two interpreters are named";
    case Problem::bad_interpreter: return "the interpreter's name is not a string in the file";
    case Problem::bad_tls: return "the thread-local storage lies outside the segments";
    case Problem::bad_relro: return "the range to protect after relocation lies outside";
    case Problem::bad_header_address: return "the program headers are not where PT_PHDR says";
    }
    return "unknown problem";
}

} // namespace elf

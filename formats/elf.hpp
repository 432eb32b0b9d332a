#pragma once
// ELF-64 executables for x86-64, read without trust: every number of the file is checked before it
// is used, and what a loader gets to see can be mapped as it stands. (System V ABI, generic part,
// chapters 4 and 5; AMD64 supplement 1.0.)
//
// A loader that has the whole file in one span calls `parse`. One that reads piecemeal calls
// `read_header` on the first 64 bytes, and `read_layout` on the program headers it points to.

#include <abi/memory.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string_view>

namespace elf {

using Bytes = std::span<std::byte const>;

/// Why a file is refused.
enum class Problem : std::uint32_t {
    too_short,
    not_elf,
    not_64_bit,
    not_little_endian,
    wrong_version,
    not_x86_64,
    not_executable,
    wrong_header_size,
    no_program_headers,
    too_many_program_headers,
    headers_outside_file,
    no_segments,
    too_many_segments,
    segment_outside_file,
    segment_shrinks,
    segment_outside_memory,
    segment_misaligned,
    bad_alignment,
    segments_overlap,
    write_and_execute,
    entry_outside_code,
    interpreter_twice,
    bad_interpreter,
    bad_tls,
    bad_relro,
    bad_header_address,
};

/// One sentence for a person.
std::string_view explain(Problem problem);

enum class FileType : std::uint16_t { fixed = 2, movable = 3 };

/// How much of a file must be right. `mappable`: that its segments can be mapped, each by itself,
/// is enough; a program that lies about the rest (its entry, its length) harms nobody else by it.
enum class Checks : std::uint8_t { all, mappable };

/// A PT_LOAD: `file_bytes` from `offset` at `address`, then zeros up to `memory_bytes`.
/// `address` and `offset` agree below the page size; segments ascend and share no page.
struct Segment {
    std::uint64_t offset;
    std::uint64_t file_bytes;
    std::uint64_t address;
    std::uint64_t memory_bytes;
    abi::Protection protection;
    bool writable_code = false; ///< wants what Protection doesn't say; only of `mappable` files

    constexpr std::uint64_t first_page() const { return address & ~(abi::page_bytes - 1); }
    constexpr std::uint64_t pages() const {
        return (address + memory_bytes - first_page() + abi::page_bytes - 1) / abi::page_bytes;
    }
    constexpr std::uint64_t end() const { return address + memory_bytes; }
};

struct Range {
    std::uint64_t first;
    std::uint64_t bytes;
};

/// PT_TLS: the initial image of thread-local storage, inside a loaded segment.
struct Tls {
    std::uint64_t address;
    std::uint64_t file_bytes;
    std::uint64_t memory_bytes;
    std::uint64_t alignment; ///< a power of two
};

struct Header {
    FileType type;
    std::uint64_t entry;
    std::uint64_t table_offset; ///< of the program headers, in the file
    std::uint16_t table_entries;

    constexpr std::uint64_t table_bytes() const { return std::uint64_t{table_entries} * 56; }
};

constexpr std::size_t header_bytes = 64;
constexpr std::size_t program_header_bytes = 56;
/// As Linux has it: the program headers take at most 64 KiB.
constexpr std::size_t max_program_headers = 65536 / program_header_bytes;
constexpr std::size_t max_segments = 32;

/// Where everything of a program lies. For a movable file all addresses are relative to where it is
/// put, which must be a multiple of `alignment`.
struct Layout {
    FileType type;
    std::uint64_t entry;
    std::array<Segment, max_segments> segment;
    std::size_t segments = 0;
    std::uint64_t alignment = abi::page_bytes; ///< the largest of all segments
    std::optional<Range> interpreter;          ///< in the file, final zero included
    std::optional<Tls> tls;
    std::optional<Range> relro;                   ///< in memory: read-only after relocation
    bool executable_stack = false;                ///< PT_GNU_STACK asks for one
    std::optional<std::uint64_t> headers_address; ///< of the program headers in memory
    std::uint16_t headers = 0;

    std::span<Segment const> loaded() const { return std::span(segment).first(segments); }
    /// First and one past the last byte of memory, both page-aligned.
    std::uint64_t lowest() const { return segment[0].first_page(); }
    std::uint64_t highest() const {
        auto const& last = segment[segments - 1];
        return last.first_page() + last.pages() * abi::page_bytes;
    }
};

template <class T> using Result = std::expected<T, Problem>;

/// Checks the file header. `start` holds the first bytes of the file, 64 or more.
Result<Header> read_header(Bytes start, std::uint64_t file_bytes);

/// Checks the program headers, which `table` holds (header.table_bytes() of them).
Result<Layout> read_layout(Header const& header, Bytes table, std::uint64_t file_bytes,
                           Checks checks = Checks::all);

/// Both, for a file that lies in memory.
Result<Layout> parse(Bytes file);

/// The interpreter's path as `field` (the bytes of Layout::interpreter) holds it: it must end in
/// its only zero.
Result<std::string_view> interpreter_path(Bytes field);

} // namespace elf

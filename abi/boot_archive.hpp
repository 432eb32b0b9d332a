#pragma once
// The boot archive: one contiguous, page-aligned image that the boot loader hands to the kernel as
// a module. File data starts at page boundaries and is used in place. Several archives may follow
// one another (what `run --add` brings is one of its own), each aligned to a page.
//
//   +--------+-----------------+-------+----------------------------------+
//   | Header | Entry[entries]  | names | file data, each at a page boundary |
//   +--------+-----------------+-------+----------------------------------+
//
// All offsets are in bytes from the beginning of this archive; all numbers are little-endian.

#include <abi/capability.hpp>

#include <cstddef>
#include <cstdint>

namespace abi::archive {

constexpr std::uint64_t magic = 0x3152'4359'5252'4b53; // "SKRRYCR1"
constexpr std::uint32_t version = 1;
constexpr std::uint32_t max_init_segments = 8;

/// A piece of the first program, linked at a fixed address and laid out by the image builder as it
/// has to stand in memory (zeroed tail included), so that the kernel needs no ELF loader.
struct InitSegment {
    std::uint64_t offset; ///< page-aligned
    std::uint64_t address;
    std::uint64_t bytes;      ///< a multiple of the page size
    std::uint32_t protection; ///< abi::Protection
    std::uint32_t reserved;
};

struct Header {
    std::uint64_t magic;
    std::uint32_t version;
    std::uint32_t entries;
    std::uint64_t bytes; ///< of the whole archive, a multiple of the page size
    std::uint64_t entries_offset;
    std::uint64_t names_offset;
    std::uint64_t names_bytes;
    /// The first program; only in the first archive. Entry point 0: none.
    std::uint64_t init_entry;
    std::uint32_t init_segments;
    std::uint32_t reserved;
    InitSegment init[max_init_segments];
};

enum class EntryType : std::uint32_t {
    program = 1,  ///< an ELF file of a service, by its name in the manifest
    manifest = 2, ///< the compiled manifest
    symbols = 3,  ///< symbol table of a program, for crash records
    /// From here on: nodes of the Linux file tree; the name is the absolute path.
    file = 16,
    folder = 17,
    symlink = 18,   ///< the data is its target
    hard_link = 19, ///< the data is the path of the file it names
    character_device = 20,
    block_device = 21,
    fifo = 22,
};

struct Entry {
    EntryType type;
    std::uint32_t mode; ///< permission bits, 07777
    std::uint32_t uid;
    std::uint32_t gid;
    std::uint64_t name_offset; ///< from names_offset
    std::uint64_t name_bytes;  ///< without a terminating zero
    std::uint64_t data_offset; ///< page-aligned for programs and files
    std::uint64_t data_bytes;
    std::uint64_t modified_ns; ///< since 1970-01-01 UTC
    std::uint32_t device_major;
    std::uint32_t device_minor;
};

static_assert(sizeof(InitSegment) == 32 && sizeof(Entry) == 64);
static_assert(sizeof(Header) == 64 + max_init_segments * 32);

} // namespace abi::archive

#pragma once
// The multiboot2 boot information: a size, then tags, each on an 8-byte boundary, to the end tag.
// Source: Multiboot2 specification 2.0, section 3.6.

#include <cstdint>

namespace formats::multiboot2 {

struct Information {
    std::uint32_t bytes; ///< of all of it
    std::uint32_t reserved;
};

enum class Type : std::uint32_t {
    end = 0,
    command_line = 1, ///< a zero-terminated string follows
    module = 3,
    memory_map = 6,
    framebuffer = 8,
    rsdp_old = 14, ///< a copy of ACPI's root pointer follows, of the first revision
    rsdp_new = 15, ///< the same, of a later one
};

struct Tag {
    Type type;
    std::uint32_t bytes; ///< this included, without the padding to the next tag
};
constexpr std::uint32_t tag_alignment = 8;

struct Module {
    Tag tag;
    std::uint32_t begin;
    std::uint32_t end;
};

struct MemoryMap {
    Tag tag;
    std::uint32_t entry_bytes;
    std::uint32_t entry_version;
};

struct MemoryMapEntry {
    std::uint64_t address;
    std::uint64_t bytes;
    std::uint32_t type; ///< as in ACPI's address map (E820), and 5: broken
    std::uint32_t reserved;
};

struct Framebuffer {
    Tag tag;
    std::uint64_t address;
    std::uint32_t pitch;
    std::uint32_t width;
    std::uint32_t height;
    std::uint8_t bits;
    std::uint8_t type; ///< 1: pixels of red, green and blue
    std::uint16_t reserved;
};
constexpr std::uint8_t framebuffer_of_colours = 1;

static_assert(sizeof(Module) == 16 && sizeof(MemoryMap) == 16 && sizeof(MemoryMapEntry) == 24);
static_assert(sizeof(Framebuffer) == 32);

} // namespace formats::multiboot2

#pragma once
// The PVH boot protocol: what a loader leaves in memory for a kernel that it enters directly.
// Source: Xen, public/arch-x86/hvm/start_info.h (version 1).

#include <cstdint>

namespace formats::pvh {

constexpr std::uint32_t magic = 0x336e'c578;

struct StartInfo {
    std::uint32_t magic;
    std::uint32_t version; ///< the memory map is there from version 1 on
    std::uint32_t flags;
    std::uint32_t modules;
    std::uint64_t module_list;
    std::uint64_t command_line; ///< a zero-terminated string; 0: none
    std::uint64_t rsdp;         ///< 0: none
    std::uint64_t memory_map;
    std::uint32_t memory_map_entries;
    std::uint32_t reserved;
};

struct Module {
    std::uint64_t address;
    std::uint64_t bytes;
    std::uint64_t command_line;
    std::uint64_t reserved;
};

struct MemoryMapEntry {
    std::uint64_t address;
    std::uint64_t bytes;
    std::uint32_t type; ///< as in ACPI's address map (E820)
    std::uint32_t reserved;
};

static_assert(sizeof(StartInfo) == 56 && sizeof(Module) == 32 && sizeof(MemoryMapEntry) == 24);

} // namespace formats::pvh

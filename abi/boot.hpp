#pragma once
// What the first process is told: the machine, and the capabilities it starts with. The structure
// lies in memory of its own, mapped read-only at `boot_info_address` in the first process.

#include <abi/capability.hpp>

#include <cstdint>

namespace abi {

constexpr std::uint64_t boot_info_magic = 0x544f'4f42'5252'4b53; // "SKRRBOOT"
constexpr std::uint32_t boot_info_version = 1;

/// Fixed addresses in the first process.
constexpr Word boot_info_address = 0x0000'0001'0000'0000;
constexpr Word boot_message_page_address = 0x0000'0001'0100'0000;
constexpr Word boot_clock_address = 0x0000'0001'0101'0000;
constexpr Word boot_stack_top = 0x0000'0001'0200'0000;
constexpr Word boot_stack_bytes = 256 * 1024;

/// The capabilities that the first process starts with, at these slots (generation 1).
namespace boot_slot {
constexpr std::uint16_t pool = 1;
constexpr std::uint16_t process = 2;
constexpr std::uint16_t space = 3;
constexpr std::uint16_t thread = 4;
constexpr std::uint16_t context = 5;
constexpr std::uint16_t control = 6;
constexpr std::uint16_t io_ports = 7;
constexpr std::uint16_t clock = 8;         ///< Memory, read-only: the clock page
constexpr std::uint16_t message_page = 9;  ///< Memory: the first thread's message page
constexpr std::uint16_t boot_info = 10;    ///< Memory, read-only: this structure
constexpr std::uint16_t stack = 11;        ///< Memory
constexpr std::uint16_t first_region = 16; ///< one capability for each BootRegion, in order
} // namespace boot_slot

enum class RegionType : std::uint32_t {
    untyped = 1,  ///< Untyped of RAM
    device = 2,   ///< Untyped of device memory
    module = 3,   ///< Memory: the boot archives
    reserved = 4, ///< Reserved: what the kernel keeps
    firmware = 5, ///< Memory, read-only: ACPI tables and what else the firmware left
    trace = 6,    ///< Memory, read-only: a processor's TraceRing
};

struct BootRegion {
    RegionType type;
    CapAddress cap;
    Word physical;
    Word bytes;
};

/// Processors beyond these are left asleep.
constexpr std::uint32_t max_processors = 64;
/// Parts of the physical memory, and the trace of each processor.
constexpr std::uint32_t max_boot_regions = 96 + max_processors;

/// What the loader set the screen to; width 0: nothing.
struct Framebuffer {
    Word physical;
    std::uint32_t width, height, pitch, bits;
};

struct BootInfo {
    std::uint64_t magic;
    std::uint32_t version;
    std::uint32_t bytes;
    std::uint32_t regions;
    std::uint32_t processors;
    Word rsdp; ///< physical address of ACPI's root pointer; 0: none
    Framebuffer framebuffer;
    std::uint32_t command_line_bytes;
    std::uint32_t has_iommu;
    std::uint64_t century_index; ///< where the real-time clock keeps the century; 0: nowhere
    char command_line[2048];
    BootRegion region[max_boot_regions];
};

} // namespace abi

#pragma once
// Pages, protections and the limits of the user half of an address space.

#include <abi/capability.hpp>

#include <cstdint>

namespace abi {

constexpr Word page_bytes = 4096;
constexpr Word large_page_bytes = Word{2} << 20;
constexpr Word huge_page_bytes = Word{1} << 30;

/// User addresses lie below this. The last page of the lower half stays unused, so that no SYSCALL
/// instruction can end at the first non-canonical address (SYSRET would fault in ring 0).
constexpr Word user_end = 0x0000'7fff'ffff'f000;

/// What may be done with a page. Write and execute exclude each other.
enum class Protection : std::uint8_t {
    none = 0, ///< mapped for its owner's books, but no access (translate still finds it)
    read = 1,
    read_write = 3,
    read_execute = 5,
};

constexpr bool writable(Protection p) { return (static_cast<unsigned>(p) & 2) != 0; }
constexpr bool executable(Protection p) { return (static_cast<unsigned>(p) & 4) != 0; }

/// How the processor caches a Memory; fixed when the Memory is made.
enum class Cache : std::uint8_t { write_back = 0, write_combining = 1, uncached = 2 };

/// What a step of space_apply, or the mapping in a fault's reply, does.
enum class RunOperation : std::uint8_t {
    map_fresh = 0, ///< refuse pages that are mapped already
    replace = 1,   ///< put the new page in place of whatever is there, atomically
    unmap = 2,
    protect = 3,
};

/// Attachments of one AddressSpace are numbered from 1.
constexpr std::uint32_t max_attachments = 4095;

/// What translate reports of a page: the offset within its attachment in bits 12 to 47 (in bytes,
/// page-aligned), the attachment above, flags below.
namespace page_entry {
constexpr Word present = 1;
constexpr Word write = 2;
constexpr Word execute = 4;
constexpr Word accessed = 8;
constexpr Word dirty = 16;
constexpr Word guard = 32;
constexpr unsigned attachment_shift = 48;
} // namespace page_entry

/// Flags of translate.
namespace translate_flags {
constexpr Word clear_accessed = 1;
constexpr Word clear_dirty = 2;
} // namespace translate_flags

constexpr std::uint32_t translate_pages_per_call = 384;

/// Device addresses lie below this (the lower half of an IOMMU's tables of three levels), and not
/// where messages of interrupts go.
constexpr Word dma_end = Word{1} << 38;
constexpr Word dma_messages = 0xfee0'0000;
constexpr Word dma_messages_end = 0xfef0'0000;
/// The most mappings of a DmaSpace, and pages of one.
constexpr std::uint32_t max_dma_mappings = 256;
constexpr Word max_dma_pages = Word{1} << 14;

} // namespace abi

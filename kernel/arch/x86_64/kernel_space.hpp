#pragma once
// The kernel's half of every address space: direct map, stacks and image (drawn in direct_map.hpp),
// or the little of it that an isolated user mode sees. Built once at boot; its top-level entries
// never change afterwards, so each address space copies them when it is made and need not be told
// of anything later.

#include <base/address.hpp>
#include <kernel/start/boot_heap.hpp>
#include <kernel/start/memory_map.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace kernel::arch {

class KernelSpace {
public:
    /// Page-table bits for the kernel's own pages (Intel SDM volume 3, section 4.5).
    enum class Access : std::uint64_t {
        read = 1ull << 63,
        read_write = 1ull << 63 | 1ull << 1,
        read_execute = 0,
        device = 1ull << 63 | 1ull << 1 | 1ull << 4 | 1ull << 3, ///< read and write, uncached
    };

    /// Tables are paid from `heap`. Translations of `global` ones outlive a change of spaces.
    KernelSpace(BootHeap& heap, bool huge_pages, bool global);

    void map(std::uint64_t address, base::Phys at, std::uint64_t bytes, Access access);
    /// What the direct map or the image has there.
    void map(void const* begin, std::uint64_t bytes, Access access);
    void map_direct(MemoryMap const& memory);
    void map_image();

    /// The entries of its lower half are empty.
    base::Phys root() const { return root_; }

private:
    BootHeap& heap_;
    base::Phys root_;
    bool huge_pages_;
    std::uint64_t common_bits_;

    std::uint64_t* table(std::uint64_t& entry);
};

/// The top-level entries that every address space has in its upper half: the kernel's, or where
/// user mode is isolated those of what it can't do without.
std::span<std::uint64_t const, 256> kernel_half();

} // namespace kernel::arch

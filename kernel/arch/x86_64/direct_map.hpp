#pragma once
// The direct map: all physical memory the machine has (up to 512 GiB), at one fixed distance, for
// the kernel only. RAM is write-back, everything else uncached; nothing is executable.
//
//   0000000000000000 - 00007fffffffffff    programs
//   ffff800000000000 - ffff807fffffffff    the direct map
//   ffffc00000000000 - ffffc07fffffffff    kernel stacks, each above a guard page
//   ffffffff80000000 - ffffffffffffffff    the kernel's image

#include <base/address.hpp>

#include <cstddef>
#include <cstdint>

namespace kernel::arch {

constexpr std::uint64_t direct_map = 0xffff'8000'0000'0000;
constexpr std::uint64_t direct_map_bytes = std::uint64_t{512} << 30;
constexpr std::uint64_t stack_area = 0xffff'c000'0000'0000;
constexpr std::uint64_t kernel_base = 0xffff'ffff'8000'0000;

/// Where the kernel sees a physical address that the direct map reaches.
inline std::byte* to_virtual(base::Phys at) {
    return reinterpret_cast<std::byte*>(direct_map + at.raw);
}
template <class T> T& object_at(base::Phys at) { return *reinterpret_cast<T*>(to_virtual(at)); }

/// The physical address of something in the direct map or in the kernel's image.
inline base::Phys to_physical(void const* pointer) {
    auto const address = reinterpret_cast<std::uint64_t>(pointer);
    return {address >= kernel_base ? address - kernel_base : address - direct_map};
}

} // namespace kernel::arch

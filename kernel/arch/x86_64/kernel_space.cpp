#include <kernel/arch/x86_64/kernel_space.hpp>

#include <kernel/arch/x86_64/direct_map.hpp>
#include <kernel/arch/x86_64/instructions.hpp>
#include <kernel/arch/x86_64/machine.hpp>

#include <algorithm>

// Where the parts of the image begin: kernel.ld.
extern "C" std::byte const image_begin[], image_rodata[], image_data[], image_end[];

namespace kernel::arch {
namespace {

constexpr std::uint64_t present = 1 << 0;
constexpr std::uint64_t writable = 1 << 1;
constexpr std::uint64_t large = 1 << 7;
constexpr std::uint64_t global_page = 1 << 8;
constexpr std::uint64_t address_mask = 0x000f'ffff'ffff'f000;

constexpr std::uint64_t four_gib = std::uint64_t{4} << 30;

/// RAM, and what lies in RAM.
bool write_back(MemoryUse use) {
    return use != MemoryUse::device && use != MemoryUse::firmware_reserved;
}

/// The part of a range that the direct map shows: above 4 GiB, and where nothing is known to be,
/// nothing is mapped.
base::Phys shown_end(MemoryRange const& range) {
    std::uint64_t const limit = range.use == MemoryUse::device ? four_gib : direct_map_bytes;
    return {std::min(range.end.raw, limit)};
}

} // namespace

KernelSpace::KernelSpace(BootHeap& heap, bool huge_pages, bool global)
    : heap_(heap), root_(heap.pages(1)), huge_pages_(huge_pages),
      common_bits_(present | (global ? global_page : 0)) {}

std::uint64_t* KernelSpace::table(std::uint64_t& entry) {
    if ((entry & present) == 0) entry = heap_.pages(1).raw | present | writable;
    return &object_at<std::uint64_t>({entry & address_mask});
}

void KernelSpace::map(std::uint64_t address, base::Phys at, std::uint64_t bytes, Access access) {
    std::uint64_t const bits = static_cast<std::uint64_t>(access) | common_bits_;
    while (bytes > 0) {
        auto const fits = [&](std::uint64_t size) {
            return bytes >= size && base::aligned(address | at.raw, size);
        };
        std::uint64_t* entry = &object_at<std::uint64_t>(root_) + (address >> 39 & 511);
        entry = table(*entry) + (address >> 30 & 511);
        std::uint64_t step = abi::huge_page_bytes;
        if (huge_pages_ && fits(step)) {
            *entry = at.raw | bits | large;
        } else {
            entry = table(*entry) + (address >> 21 & 511);
            step = abi::large_page_bytes;
            if (fits(step)) {
                *entry = at.raw | bits | large;
            } else {
                entry = table(*entry) + (address >> 12 & 511);
                step = abi::page_bytes;
                *entry = at.raw | bits;
            }
        }
        address += step;
        at = at + step;
        bytes -= step;
    }
}

void KernelSpace::map(void const* begin, std::uint64_t bytes, Access access) {
    map(reinterpret_cast<std::uint64_t>(begin), to_physical(begin), bytes, access);
}

void KernelSpace::map_direct(MemoryMap const& memory) {
    // Neighbours of one cache type are mapped in one go, so that large pages cross their borders.
    auto const ranges = memory.ranges();
    for (std::size_t first = 0; first < ranges.size();) {
        bool const cached = write_back(ranges[first].use);
        base::Phys const begin = ranges[first].begin;
        base::Phys end = begin;
        while (first < ranges.size() && write_back(ranges[first].use) == cached &&
               ranges[first].begin == end) {
            end = std::max(begin, shown_end(ranges[first]));
            bool const whole = end == ranges[first].end;
            first++;
            if (!whole) break;
        }
        if (end > begin)
            map(direct_map + begin.raw, begin, end - begin,
                cached ? Access::read_write : Access::device);
    }
}

void KernelSpace::map_image() {
    auto const size = [](std::byte const* begin, std::byte const* end) {
        return static_cast<std::uint64_t>(end - begin);
    };
    map(image_begin, size(image_begin, image_rodata), Access::read_execute);
    map(image_rodata, size(image_rodata, image_data), Access::read);
    map(image_data, size(image_data, image_end), Access::read_write);
}

std::span<std::uint64_t const, 256> kernel_half() {
    auto const* const root = &object_at<std::uint64_t const>(machine.shared_root);
    return std::span<std::uint64_t const, 256>(root + 256, 256);
}

} // namespace kernel::arch

#pragma once
// The memory of what the kernel makes before the first process owns all memory: its page tables,
// its stacks, the first objects. Nothing is given back; what is left over is not the kernel's.

#include <base/address.hpp>

#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

namespace kernel {

class BootHeap {
public:
    BootHeap() = default;
    /// [begin, end): page-aligned RAM; `memory`: where the kernel sees its beginning.
    BootHeap(base::Phys begin, base::Phys end, std::byte* memory)
        : begin_(begin), next_(begin), end_(end), memory_(memory) {}

    /// How much to set aside on a machine with so much RAM, with which page tables grow, and so
    /// much for its processors.
    static constexpr std::uint64_t budget(std::uint64_t ram_bytes, std::uint64_t processor_bytes) {
        return base::align_up((std::uint64_t{1} << 20) + ram_bytes / 4096 + processor_bytes,
                              abi::page_bytes);
    }

    base::Phys end() const { return end_; }
    /// The first page that has not been handed out: from here to the end is free.
    base::Phys unused() const { return {base::align_up(next_.raw, abi::page_bytes)}; }

    /// Zeroed memory. `align` is a power of two. An exhausted heap is a bug of the budget: it
    /// stops.
    base::Phys allocate(std::size_t bytes, std::size_t align);
    base::Phys pages(std::size_t count) {
        return allocate(count * abi::page_bytes, abi::page_bytes);
    }

    template <class T, class... Arguments> T& make(Arguments&&... arguments) {
        base::Phys const at = allocate(sizeof(T), alignof(T));
        return *new (memory_ + (at - begin_)) T(std::forward<Arguments>(arguments)...);
    }

private:
    base::Phys begin_, next_, end_;
    std::byte* memory_ = nullptr;
};

} // namespace kernel

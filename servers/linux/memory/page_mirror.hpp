#pragma once
// The server's own page table of a program (and of memory that programs share): which frame stands
// at which page, and what the hardware was told about it. Its nodes are frames of the pool.
//
//     page number, 35 bits:   root 5 | 10 | 10 | leaf 10        4 MiB of addresses a leaf

#include <servers/linux/memory/frame_pool.hpp>

#include <array>
#include <cstdint>

namespace personality {

/// One page: a frame, and how it is mapped in hardware right now.
class PageEntry {
public:
    static constexpr std::uint32_t read = 1U << 31, write = 1U << 30, execute = 1U << 29;
    /// The program's own copy of a page of a file; survives all changes of the others.
    static constexpr std::uint32_t copy = 1U << 28;

    constexpr PageEntry() = default;
    constexpr PageEntry(Frame frame, std::uint32_t flags) : raw_(frame.raw | flags) {}

    constexpr bool present() const { return raw_ != 0; }
    constexpr Frame frame() const { return Frame{raw_ & (FramePool::max_frames - 1)}; }
    constexpr std::uint32_t flags() const { return raw_ & (read | write | execute); }
    constexpr bool has(std::uint32_t flag) const { return (raw_ & flag) != 0; }
    constexpr void set_flags(std::uint32_t flags) {
        raw_ = (raw_ & (FramePool::max_frames - 1 | copy)) | flags;
    }
    constexpr bool operator==(PageEntry const&) const = default;

private:
    std::uint32_t raw_ = 0;
};

class PageMirror {
public:
    static constexpr std::uint64_t pages_per_leaf = page_bytes / sizeof(PageEntry);
    static constexpr std::uint64_t page_limit = std::uint64_t{32} << 30;

    explicit PageMirror(FramePool& pool) : pool_(pool) {}
    PageMirror(PageMirror const&) = delete;
    PageMirror& operator=(PageMirror const&) = delete;
    /// The entries must be gone (their frames are the owner's business).
    ~PageMirror();

    /// The entry of a page, or none if nothing near it was ever there.
    PageEntry* find(std::uint64_t page) {
        if (page / pages_per_leaf == cached_number_) return &cached_[page % pages_per_leaf];
        return find_slowly(page);
    }
    /// The same, made if need be.
    Result<PageEntry*> make(std::uint64_t page);

    /// Call `use(page, PageEntry&)` for each present entry of [first, end), in order, until it
    /// returns false.
    template <class F> bool each(std::uint64_t first, std::uint64_t end, F&& use) {
        for (std::uint64_t page = first; page < end;) {
            std::uint64_t const leaf_end = (page / pages_per_leaf + 1) * pages_per_leaf;
            std::uint64_t const stop = leaf_end < end ? leaf_end : end;
            PageEntry* entry = find(page);
            if (entry == nullptr) {
                page = skip(page);
                continue;
            }
            for (; page < stop; page++, entry++)
                if (entry->present() && !use(page, *entry)) return false;
        }
        return true;
    }

private:
    FramePool& pool_;
    std::array<std::uint32_t, 32> root_{};
    std::uint64_t cached_number_ = ~std::uint64_t{0};
    PageEntry* cached_ = nullptr;
    /// All nodes, so that the end need not look for them. Those that don't fit here stand in a list
    /// of frames, each with the number of the next frame in its first word.
    static constexpr std::size_t first_nodes = 14;
    std::array<std::uint32_t, first_nodes> nodes_{};
    std::uint32_t more_nodes_ = 0;
    std::size_t node_count_ = 0;

    PageEntry* find_slowly(std::uint64_t page);
    /// The first page behind `page` where a leaf may be again.
    std::uint64_t skip(std::uint64_t page) const;
    std::uint32_t* node(std::uint32_t frame) const {
        return reinterpret_cast<std::uint32_t*>(pool_.bytes(Frame{frame}));
    }
    Result<std::uint32_t> make_node();
    /// Where the number of the newest node stands, if there is room for it.
    Result<std::uint32_t*> place_for_node();
};

} // namespace personality

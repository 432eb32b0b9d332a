#pragma once
// A sparse array of page frames: the pages of a file by their index. Its inner nodes are frames of
// the same pool, so that all memory of a file is counted in one place.
//
//      root_ (height 2)          one frame of 1024 frame numbers
//        |-> node -> page 0, page 1, -, page 3 ...
//        |-> -                   (a hole of 1024 pages)
//        '-> node -> ...

#include <servers/linux/memory/frame_pool.hpp>

#include <cstdint>
#include <limits>

namespace personality {

class PageTree {
public:
    static constexpr std::uint64_t none = std::numeric_limits<std::uint64_t>::max();

    explicit PageTree(FramePool& pool) : pool_(pool) {}
    PageTree(PageTree const&) = delete;
    PageTree& operator=(PageTree const&) = delete;
    ~PageTree() { clear(0, none); }

    Frame find(std::uint64_t index) const;
    /// Put a frame at `index`, where there is none or one that is then released. The tree takes
    /// over the caller's use of it; on failure it does not.
    Result<> put(std::uint64_t index, Frame frame);
    /// Release the frames of [first, end). Returns how many there were.
    std::uint64_t clear(std::uint64_t first, std::uint64_t end);
    /// The first index from `index` on that has a frame, or `none`.
    std::uint64_t next(std::uint64_t index) const;

private:
    static constexpr unsigned bits = 10; ///< a frame holds this many numbers, as a power of two
    static constexpr std::uint64_t fanout = 1 << bits;
    static_assert(fanout * sizeof(Frame) == page_bytes);

    FramePool& pool_;
    Frame root_;
    unsigned height_ = 0; ///< 0: root_ is page 0 itself

    std::uint64_t span_of(unsigned level) const { return std::uint64_t{1} << bits * level; }
    Frame* children(Frame node) const { return reinterpret_cast<Frame*>(pool_.bytes(node)); }
    Result<> grow(std::uint64_t index);
    bool clear_below(Frame node, unsigned level, std::uint64_t first, std::uint64_t end,
                     std::uint64_t& cleared);
    std::uint64_t next_below(Frame node, unsigned level, std::uint64_t index) const;
};

} // namespace personality

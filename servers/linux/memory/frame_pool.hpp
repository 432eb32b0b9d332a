#pragma once
// The page frames of the server's RAM, and the boot archive's pages beside them, all reached
// through one window of the server. Frames of RAM have a count of users: mappings, files, the
// server.

#include <servers/linux/errno.hpp>

#include <abi/memory.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace personality {

/// A frame by its number: extents follow one another. Zero is no frame.
struct Frame {
    std::uint32_t raw = 0;
    constexpr explicit operator bool() const { return raw != 0; }
    constexpr bool operator==(Frame const&) const = default;
};

constexpr std::size_t page_bytes = abi::page_bytes;
using PageBytes = std::span<std::byte, page_bytes>;

class FramePool {
public:
    /// A run of frames that lie together in memory, mapped into the server at `window` and attached
    /// in every program's space under the number `attachment`.
    struct Extent {
        std::uint32_t first = 0;
        std::uint32_t pages = 0;
        std::uint32_t attachment = 0;
        bool counted = false; ///< RAM of ours; otherwise read-only and never freed
        std::byte* window = nullptr;
        std::uint32_t* users = nullptr; ///< of each frame, if they are counted
    };
    static constexpr std::size_t max_extents = 16;
    /// A frame number leaves room for flags beside it in a word of 32 bits.
    static constexpr std::uint32_t max_frames = 1U << 27;

    FramePool() = default;
    FramePool(FramePool const&) = delete;
    FramePool& operator=(FramePool const&) = delete;

    /// Take RAM into the pool; a part of it is used for its books. Call before any frame is used.
    Result<> add_ram(std::span<std::byte> window, std::uint32_t attachment);
    /// Read-only pages (the boot archive): returns the first frame.
    Result<Frame> add_archive(std::span<std::byte const> window, std::uint32_t attachment);

    /// A frame with one user. ENOMEM when only the reserve is left, unless `dip` says to take it.
    Result<Frame> allocate(bool dip = false);
    /// The same, filled with zeros.
    Result<Frame> allocate_zeroed(bool dip = false);
    /// A frame of zeros that nobody may write.
    Frame zeros() const { return zeros_; }
    void retain(Frame frame);
    void release(Frame frame);
    std::uint32_t users(Frame frame) const {
        auto const& of = extent(frame);
        return of.counted ? of.users[frame.raw - of.first] : 2;
    }

    std::byte* bytes(Frame frame) const {
        auto const& of = extent(frame);
        return of.window + std::size_t{frame.raw - of.first} * page_bytes;
    }
    PageBytes page(Frame frame) const { return PageBytes(bytes(frame), page_bytes); }
    bool counted(Frame frame) const { return extent(frame).counted; }

    std::uint32_t attachment(Frame frame) const { return extent(frame).attachment; }
    std::uint32_t offset(Frame frame) const { return frame.raw - extent(frame).first; }
    /// The frame of an address inside a window; none if it isn't one.
    Frame frame_at(std::byte const* address) const;

    std::size_t total() const { return total_; }
    std::size_t free() const { return free_count_; }
    void set_reserve(std::size_t pages) { reserve_ = pages; }
    /// True if `pages` more can be had without touching the reserve.
    bool can_take(std::size_t pages) const { return free_count_ >= reserve_ + pages; }
    std::span<Extent const> extents() const { return std::span(extents_).first(extent_count_); }

private:
    std::array<Extent, max_extents> extents_{};
    std::size_t extent_count_ = 0;
    std::uint32_t next_frame_ = 1;
    std::size_t total_ = 0, free_count_ = 0, reserve_ = 0;
    Frame zeros_;
    std::uint32_t free_head_ = 0; ///< free frames hang together through their counts

    Extent const& extent(Frame frame) const {
        // The last one has what none before it has.
        auto const* of = extents_.data();
        auto const* const last = of + extent_count_ - 1;
        while (of < last && frame.raw - of->first >= of->pages) of++;
        return *of;
    }
};

} // namespace personality

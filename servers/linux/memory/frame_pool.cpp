#include <servers/linux/memory/frame_pool.hpp>

#include <cstring>

namespace personality {

namespace {
// A free frame's count names the next free one, with this bit, so that a frame that is released
// twice is found out.
constexpr std::uint32_t free_bit = 0x8000'0000;
} // namespace

Result<> FramePool::add_ram(std::span<std::byte> window, std::uint32_t attachment) {
    if (extent_count_ == max_extents) return fail(Errno::nomem);
    std::size_t const pages = window.size() / page_bytes;
    std::size_t const book_pages = (pages * sizeof(std::uint32_t) + page_bytes - 1) / page_bytes;
    if (pages <= book_pages || pages >= max_frames - next_frame_) return fail(Errno::inval);

    // The first pages of the extent hold the counts of all.
    auto* counts = reinterpret_cast<std::uint32_t*>(window.data());
    auto& extent = extents_[extent_count_];
    extent = {next_frame_, static_cast<std::uint32_t>(pages), attachment, true, window.data(),
              counts};
    extent_count_++;
    next_frame_ += extent.pages;
    for (std::size_t i = 0; i < book_pages; i++) counts[i] = 1;
    // The lowest frame comes out first, so that frames taken one after another lie together.
    for (std::size_t i = pages; i-- > book_pages;) {
        counts[i] = free_head_ | free_bit;
        free_head_ = extent.first + static_cast<std::uint32_t>(i);
    }
    total_ += pages - book_pages;
    free_count_ += pages - book_pages;
    if (!zeros_) {
        zeros_ = TRY(allocate_zeroed(true));
        total_--;
    }
    return {};
}

Result<Frame> FramePool::add_archive(std::span<std::byte const> window, std::uint32_t attachment) {
    if (extent_count_ == max_extents) return fail(Errno::nomem);
    std::size_t const pages = window.size() / page_bytes;
    if (pages == 0 || pages >= max_frames - next_frame_) return fail(Errno::inval);
    auto& extent = extents_[extent_count_++];
    extent = {next_frame_, static_cast<std::uint32_t>(pages),     attachment,
              false,       const_cast<std::byte*>(window.data()), nullptr};
    next_frame_ += extent.pages;
    return Frame{extent.first};
}

Result<Frame> FramePool::allocate(bool dip) {
    if (free_count_ == 0 || (!dip && free_count_ <= reserve_)) return fail(Errno::nomem);
    Frame const frame{free_head_};
    auto const& of = extent(frame);
    auto& users = of.users[frame.raw - of.first];
    free_head_ = users & ~free_bit;
    users = 1;
    free_count_--;
    return frame;
}

Result<Frame> FramePool::allocate_zeroed(bool dip) {
    auto const frame = allocate(dip);
    if (frame) std::memset(bytes(*frame), 0, page_bytes);
    return frame;
}

void FramePool::retain(Frame frame) {
    auto const& of = extent(frame);
    if (of.counted) of.users[frame.raw - of.first]++;
}

void FramePool::release(Frame frame) {
    auto const& of = extent(frame);
    if (!of.counted) return;
    auto& users = of.users[frame.raw - of.first];
    if ((users & free_bit) != 0 || users == 0) __builtin_trap(); // our books are wrong
    if (--users != 0) return;
    users = free_head_ | free_bit;
    free_head_ = frame.raw;
    free_count_++;
}

Frame FramePool::frame_at(std::byte const* address) const {
    for (auto const& of : extents()) {
        if (address >= of.window && address < of.window + std::size_t{of.pages} * page_bytes)
            return Frame{of.first +
                         static_cast<std::uint32_t>(static_cast<std::size_t>(address - of.window) /
                                                    page_bytes)};
    }
    return {};
}

} // namespace personality

#pragma once
// A first-in first-out queue of bytes in page frames, taken from the pool when bytes come and given
// back when they are gone: what pipes hold their contents in.

#include <servers/linux/memory/frame_pool.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <span>

namespace personality {

class PageRing {
public:
    static constexpr std::size_t few_pages = 16;

    explicit PageRing(FramePool& pool) : pool_(pool) {}
    PageRing(PageRing const&) = delete;
    PageRing& operator=(PageRing const&) = delete;
    ~PageRing() { clear(); }

    std::size_t capacity() const { return pages_ * page_bytes; }
    std::size_t size() const { return head_ - tail_; }
    std::size_t free() const { return capacity() - size(); }
    bool empty() const { return head_ == tail_; }

    /// Another capacity. EBUSY if it does not hold what is there.
    Result<> resize(std::size_t pages);

    /// The oldest bytes, as many as lie together; `pop` takes them away.
    std::span<std::byte const> front() const { return view(0); }
    /// The same, `offset` bytes behind the oldest.
    std::span<std::byte const> view(std::size_t offset) const;
    void pop(std::size_t bytes);
    /// Memory for the next bytes, as much as lies together and at most `most`; `push` makes them
    /// part of the queue. Empty when it is full, ENOMEM when there is no memory.
    Result<std::span<std::byte>> room(std::size_t most);
    void push(std::size_t bytes) { head_ += bytes; }
    /// Have the memory for `bytes` more, so that the next pushes can't fail half-way.
    Result<> prepare(std::size_t bytes);
    void clear();

private:
    FramePool& pool_;
    std::array<Frame, few_pages> few_{};
    std::unique_ptr<Frame[]> many_;
    std::size_t pages_ = few_pages;
    std::uint64_t head_ = 0, tail_ = 0; ///< free-running

    Frame* slots() { return many_ ? many_.get() : few_.data(); }
    Frame const* slots() const { return many_ ? many_.get() : few_.data(); }
    Frame& slot(std::uint64_t position) { return slots()[position / page_bytes % pages_]; }
    void release_all(bool keep_one);
};

} // namespace personality

#include <servers/linux/fs/pages/page_ring.hpp>

#include <algorithm>
#include <cstring>
#include <new>

namespace personality {

std::span<std::byte const> PageRing::view(std::size_t offset) const {
    if (offset >= size()) return {};
    auto const at = tail_ + offset;
    auto const within = at % page_bytes;
    auto const count = std::min<std::size_t>(size() - offset, page_bytes - within);
    auto const frame = slots()[at / page_bytes % pages_];
    return {pool_.bytes(frame) + within, count};
}

void PageRing::pop(std::size_t bytes) {
    while (bytes > 0) {
        auto const page = tail_ / page_bytes;
        auto const step = std::min<std::size_t>(bytes, page_bytes - tail_ % page_bytes);
        tail_ += step;
        bytes -= step;
        // Left behind for good, unless the head has come around into the same frame.
        bool const left = tail_ / page_bytes != page && head_ <= (page + pages_) * page_bytes;
        if (left && !empty()) pool_.release(std::exchange(slot(page * page_bytes), {}));
    }
    if (empty()) release_all(true);
}

Result<std::span<std::byte>> PageRing::room(std::size_t most) {
    auto const within = head_ % page_bytes;
    auto const count = std::min({most, free(), page_bytes - within});
    if (count == 0) return std::span<std::byte>{};
    auto& frame = slot(head_);
    if (!frame) frame = TRY(pool_.allocate());
    return std::span(pool_.bytes(frame) + within, count);
}

Result<> PageRing::prepare(std::size_t bytes) {
    for (auto at = head_; at < head_ + bytes; at = (at / page_bytes + 1) * page_bytes) {
        auto& frame = slot(at);
        if (!frame) frame = TRY(pool_.allocate());
    }
    return {};
}

/// Start over in the first page, kept for the next bytes: small messages then cost no allocation.
void PageRing::release_all(bool keep_one) {
    Frame kept;
    for (std::size_t i = 0; i < pages_; i++) {
        auto const frame = std::exchange(slots()[i], {});
        if (!frame) continue;
        if (keep_one && !kept)
            kept = frame;
        else
            pool_.release(frame);
    }
    slots()[0] = kept;
    head_ = tail_ = 0;
}

void PageRing::clear() { release_all(false); }

Result<> PageRing::resize(std::size_t pages) {
    if (pages == pages_) return {};
    if (size() > pages * page_bytes) return fail(Errno::busy);
    PageRing other(pool_);
    if (pages > few_pages) {
        other.many_.reset(new (std::nothrow) Frame[pages]());
        if (!other.many_) return fail(Errno::nomem);
    }
    other.pages_ = pages;
    TRY(other.prepare(size()));
    while (!empty()) {
        auto const piece = front();
        auto const to = TRY(other.room(piece.size()));
        std::memcpy(to.data(), piece.data(), to.size());
        other.push(to.size());
        // Not popped through pop(): that would start over in this ring.
        tail_ += to.size();
    }
    clear();
    std::swap(few_, other.few_);
    std::swap(many_, other.many_);
    std::swap(pages_, other.pages_);
    std::swap(head_, other.head_);
    std::swap(tail_, other.tail_);
    return {};
}

} // namespace personality

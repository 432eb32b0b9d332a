#include <servers/linux/fs/pages/file_contents.hpp>

#include <algorithm>
#include <cstring>

namespace personality {

namespace {

alignas(page_bytes) constinit std::byte const zeros[page_bytes]{};

constexpr std::uint64_t pages_for(std::uint64_t bytes) {
    return bytes / page_bytes + (bytes % page_bytes != 0);
}

} // namespace

std::uint64_t FileContents::archive_pages() const { return pages_for(archive_bytes_); }

Frame FileContents::archive_frame(std::uint64_t index) const {
    if (index >= archive_pages()) return {};
    return {archive_.raw + static_cast<std::uint32_t>(index)};
}

std::uint64_t FileContents::pages() const {
    // Pages copied from the archive count once too often; nobody depends on it to the page.
    return own_pages_ + archive_pages();
}

std::span<std::byte const> FileContents::view(std::uint64_t offset, std::uint64_t most) const {
    if (offset >= size_) return {};
    auto const index = offset / page_bytes, within = offset % page_bytes;
    auto count = std::min({most, size_ - offset, page_bytes - within});
    if (auto const own = tree_.find(index)) return {pool_.bytes(own) + within, count};
    if (offset < archive_bytes_) {
        count = std::min(count, archive_bytes_ - offset);
        return {pool_.bytes(archive_frame(index)) + within, count};
    }
    return {zeros, count};
}

/// The page as one of the file's own, which may be written.
Result<Frame> FileContents::own_page(std::uint64_t index) {
    if (auto const own = tree_.find(index)) return own;
    if (quota_.used >= quota_.limit) return fail(Errno::nospc);
    auto const archived = archive_frame(index);
    auto const fresh = TRY(archived ? pool_.allocate() : pool_.allocate_zeroed());
    if (archived) {
        auto const bytes = std::min<std::uint64_t>(archive_bytes_ - index * page_bytes, page_bytes);
        auto* const to = pool_.bytes(fresh);
        std::memcpy(to, pool_.bytes(archived), bytes);
        std::memset(to + bytes, 0, page_bytes - bytes);
    }
    if (auto const put = tree_.put(index, fresh); !put) {
        pool_.release(fresh);
        return fail(put.error());
    }
    own_pages_++;
    quota_.used++;
    if (archived) pages_changed(index, 1);
    return fresh;
}

Result<std::span<std::byte>> FileContents::room(std::uint64_t offset, std::uint64_t most) {
    if (offset >= max_size) return fail(Errno::fbig);
    auto const within = offset % page_bytes;
    auto const own = TRY(own_page(offset / page_bytes));
    auto const count = std::min({most, page_bytes - within, max_size - offset});
    return std::span(pool_.bytes(own) + within, count);
}

Result<> FileContents::zero(std::uint64_t from, std::uint64_t to) {
    while (from < to) {
        auto const index = from / page_bytes;
        auto const end = std::min(to, (index + 1) * page_bytes);
        if (tree_.find(index) || archive_frame(index)) {
            auto const own = TRY(own_page(index));
            std::memset(pool_.bytes(own) + from % page_bytes, 0, end - from);
        }
        from = end;
    }
    return {};
}

Result<> FileContents::resize(std::uint64_t bytes) {
    if (bytes > max_size) return fail(Errno::fbig);
    if (bytes < size_) {
        auto const first = pages_for(bytes);
        // The tail of the last page must be zeros when the file grows again. A page of the archive
        // needs no copy for that: what lies beyond archive_bytes_ counts as zeros.
        if (bytes % page_bytes != 0)
            if (auto const own = tree_.find(bytes / page_bytes))
                std::memset(pool_.bytes(own) + bytes % page_bytes, 0,
                            page_bytes - bytes % page_bytes);
        pages_changed(first, PageTree::none, true);
        auto const cleared = tree_.clear(first, PageTree::none);
        own_pages_ -= cleared;
        quota_.used -= cleared;
        cut_ = cut_ || bytes < archive_bytes_;
        archive_bytes_ = std::min(archive_bytes_, bytes);
    }
    size_ = bytes;
    return {};
}

Result<> FileContents::reserve(std::uint64_t from, std::uint64_t to) {
    // What can't be is not begun: it would take all memory there is before it failed.
    auto const wanted = pages_for(to) - from / page_bytes;
    if (wanted > own_pages_ + archive_pages() + pool_.free()) return fail(Errno::nospc);
    for (auto index = from / page_bytes; index < pages_for(to); index++)
        if (!archive_frame(index)) TRY(own_page(index));
    return {};
}

Result<> FileContents::punch(std::uint64_t from, std::uint64_t to) {
    to = std::min(to, size_);
    if (from >= to) return {};
    auto const first = pages_for(from), end = to == size_ ? pages_for(to) : to / page_bytes;
    if (first >= end) return zero(from, to);
    TRY(zero(from, first * page_bytes));
    if (end * page_bytes < to) TRY(zero(end * page_bytes, to));
    // Whole pages of the archive can't be given back: copies of zeros stand before them.
    if (first < archive_pages())
        TRY(zero(first * page_bytes, std::min(end, archive_pages()) * page_bytes));
    auto const from_page = std::max(first, archive_pages());
    if (from_page < end) {
        pages_changed(from_page, end - from_page);
        auto const cleared = tree_.clear(from_page, end);
        own_pages_ -= cleared;
        quota_.used -= cleared;
    }
    return {};
}

Result<std::uint64_t> FileContents::next_data(std::uint64_t offset) const {
    if (offset >= size_) return fail(Errno::nxio);
    if (offset < archive_bytes_) return offset;
    auto const index = tree_.next(offset / page_bytes);
    if (index == PageTree::none || index * page_bytes >= size_) return fail(Errno::nxio);
    return std::max(offset, index * page_bytes);
}

Result<std::uint64_t> FileContents::next_hole(std::uint64_t offset) const {
    if (offset >= size_) return fail(Errno::nxio);
    auto index = std::max(offset / page_bytes, archive_pages());
    while (tree_.find(index)) index++;
    return std::min(std::max(offset, index * page_bytes), size_);
}

Result<Frame> FileContents::page(std::uint64_t index, bool to_write) {
    if (index >= pages_for(size_)) return fail(Errno::fault);
    if (auto const found = page_if_present(index); found && (!to_write || tree_.find(index)))
        return found;
    return own_page(index);
}

Frame FileContents::page_if_present(std::uint64_t index) {
    if (index >= pages_for(size_)) return {};
    if (auto const own = tree_.find(index)) return own;
    // Where the file was cut within a page, or the file has grown beyond, the archive's own bytes
    // must not be seen: a copy is made on demand.
    auto const archived = archive_frame(index);
    bool const whole = (index + 1) * page_bytes <= archive_bytes_ || !cut_;
    return archived && whole ? archived : Frame{};
}

} // namespace personality

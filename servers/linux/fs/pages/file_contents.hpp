#pragma once
// The bytes of a regular file. They *are* its page cache: reads, writes and shared mappings meet in
// the same frames. A file of the boot archive is used where it lies, and a page of it is copied
// when it is first written.
//
//     page i:  in the tree -> that frame;  else below the archive's end -> the archive's frame;
//              else a hole: zeros

#include <servers/linux/fs/pages/page_tree.hpp>
#include <servers/linux/fs/pages/small_memory.hpp>
#include <servers/linux/memory/page_source.hpp>

#include <cstdint>
#include <span>

namespace personality {

/// How much memory a volume may still take for contents.
struct PageQuota {
    std::uint64_t limit = ~std::uint64_t{0};
    std::uint64_t used = 0;
};

class FileContents final : public PageSource {
public:
    static constexpr std::uint64_t max_size = (std::uint64_t{1} << 63) - 1;

    FileContents(FramePool& pool, PageQuota& quota) : pool_(pool), quota_(quota), tree_(pool) {}
    /// Of a file in the archive: `bytes` from frame `first` on.
    FileContents(FramePool& pool, PageQuota& quota, Frame first, std::uint64_t bytes)
        : pool_(pool), quota_(quota), tree_(pool), archive_(first), archive_bytes_(bytes),
          size_(bytes) {}
    /// A new one, or nothing if memory has run out.
    template <class... Arguments>
    static Ref<FileContents> create(SmallMemory& memory, Arguments&&... arguments) {
        return Ref<FileContents>(new (memory) FileContents(std::forward<Arguments>(arguments)...));
    }
    static void* operator new(std::size_t bytes, SmallMemory& memory) noexcept {
        return memory.allocate(bytes);
    }
    static void operator delete(void* contents) { SmallMemory::release(contents); }
    ~FileContents() override { quota_.used -= own_pages_; }

    std::uint64_t size() const { return size_; }
    /// Cut off, or extend by a hole.
    Result<> resize(std::uint64_t bytes);
    /// Pages that take up memory.
    std::uint64_t pages() const;

    /// The bytes at `offset`, as many as lie together, at most `most`; empty at the end.
    std::span<std::byte const> view(std::uint64_t offset, std::uint64_t most) const;
    /// The same to be written, never empty unless `most` is 0; grows the file with `wrote`.
    Result<std::span<std::byte>> room(std::uint64_t offset, std::uint64_t most);
    void wrote(std::uint64_t end) { size_ = end > size_ ? end : size_; }

    /// Make sure that later writes to [from, to) need no memory.
    Result<> reserve(std::uint64_t from, std::uint64_t to);
    /// Turn [from, to) into zeros, and give back whole pages of it.
    Result<> punch(std::uint64_t from, std::uint64_t to);
    /// The first byte from `offset` on that is data, or a hole (there is one at the end).
    Result<std::uint64_t> next_data(std::uint64_t offset) const;
    Result<std::uint64_t> next_hole(std::uint64_t offset) const;

    Result<Frame> page(std::uint64_t index, bool to_write) override;
    Frame page_if_present(std::uint64_t index) override;
    Result<> punch_pages(std::uint64_t first, std::uint64_t count) override {
        return punch(first * page_bytes, (first + count) * page_bytes);
    }

private:
    FramePool& pool_;
    PageQuota& quota_;
    PageTree tree_;
    Frame archive_;
    std::uint64_t archive_bytes_ = 0;
    std::uint64_t size_ = 0;
    std::uint64_t own_pages_ = 0;

    /// Cut within a page of the archive: what lies behind the cut is no longer zeros.
    bool cut_ = false;

    /// The archive's frame of a page, if it still belongs to the file.
    Frame archive_frame(std::uint64_t index) const;
    std::uint64_t archive_pages() const;
    Result<Frame> own_page(std::uint64_t index);
    Result<> zero(std::uint64_t from, std::uint64_t to);
};

} // namespace personality

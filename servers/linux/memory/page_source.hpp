#pragma once
// Where the pages of a mapping come from: a file, or memory that processes share. The source's page
// *is* the mapped page, so a shared mapping and a write(2) see the same bytes at once.

#include <servers/linux/fs/ref.hpp>
#include <servers/linux/memory/frame_pool.hpp>

namespace personality {

struct Area;

class PageSource : public Counted {
public:
    ~PageSource() override;

    /// The frame of page `index`. The source keeps its own use of it; whoever maps it retains it.
    /// With `to_write` the frame must be one that may be written (a shared mapping): holes are
    /// filled, pages of the archive are copied first. Without it a hole may answer with a frame of
    /// zeros of its own or the common one. `Errno::fault`: beyond the end (SIGBUS to the program);
    /// `Errno::nomem`: none to be had.
    virtual Result<Frame> page(std::uint64_t index, bool to_write) = 0;
    /// If the page is at hand without work: for mapping around a fault.
    virtual Frame page_if_present(std::uint64_t index) {
        static_cast<void>(index);
        return {};
    }

    /// Give whole pages back: what was there reads as zeros (MADV_REMOVE). EINVAL: not of this one.
    virtual Result<> punch_pages(std::uint64_t first, std::uint64_t count) {
        static_cast<void>(first), static_cast<void>(count);
        return fail(Errno::inval);
    }

    /// To be called when pages of the source got other frames or went away (truncation, a hole
    /// punched, an archive page copied for writing): whoever maps them looks again. With
    /// `private_too` copies that programs made for themselves go as well, as truncation has it.
    void pages_changed(std::uint64_t first, std::uint64_t count, bool private_too = false);

    /// The areas that map it.
    void add(Area& area);
    void remove(Area& area);
    bool mapped() const { return areas_ != nullptr; }
    std::size_t mappings() const;

protected:
    /// The last of its areas has gone; whoever called still holds the source.
    virtual void unmapped() {}

private:
    Area* areas_ = nullptr;
};

} // namespace personality

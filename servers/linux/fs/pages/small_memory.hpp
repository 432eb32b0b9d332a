#pragma once
// Small pieces of memory out of page frames: what files and names are made of. So a program that
// makes a million files uses up the RAM that files live in, and not the server's own heap.
//
//     page of one size:  | Page: owner, frame, free list | slot | slot | ... |
//
// A page goes back to the pool with its last slot.

#include <servers/linux/memory/frame_pool.hpp>

#include <base/list.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace personality {

class SmallMemory {
public:
    static constexpr std::size_t largest = 4032;

    explicit SmallMemory(FramePool& pool) : pool_(pool) {}
    SmallMemory(SmallMemory const&) = delete;
    SmallMemory& operator=(SmallMemory const&) = delete;

    /// At most `largest` bytes, aligned to 16; null if there is no memory.
    void* allocate(std::size_t bytes);
    /// Give a piece back to the one it came from. Null is no piece.
    static void release(void* piece);

    std::size_t pages() const { return pages_; }

private:
    struct Page {
        SmallMemory* owner;
        Frame frame;
        std::uint16_t kind; ///< which of `sizes`
        std::uint16_t used; ///< slots in use
        std::uint16_t free; ///< offset of the first free slot, which holds the next one's; 0: none
        std::uint16_t unused; ///< slots from this offset on were never used
        base::Link link;      ///< among pages with a free slot
    };
    static constexpr std::size_t first_slot = 64;
    static_assert(sizeof(Page) <= first_slot);
    static constexpr std::array<std::uint16_t, 12> sizes{32,  48,  64,  96,  128,  192,
                                                         256, 336, 448, 576, 1008, largest};

    FramePool& pool_;
    std::size_t pages_ = 0;
    std::array<base::List<Page, &Page::link>, sizes.size()> partial_;

    Page* add_page(std::size_t kind);
    static std::uint16_t& next_free(Page& page, std::uint16_t offset) {
        return *reinterpret_cast<std::uint16_t*>(reinterpret_cast<std::byte*>(&page) + offset);
    }
};

} // namespace personality

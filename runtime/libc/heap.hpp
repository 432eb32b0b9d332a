#pragma once
// The pages of the heap that the process was given: mapped already, so that giving them out is no
// call. The C library's memory comes from here.
//
//   | taken bits | page page page ... | pages never given out yet: still zero |

#include <runtime/libc/range_set.hpp>
#include <runtime/unit_map.hpp>

#include <abi/memory.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace runtime::libc {

/// The owner locks.
class Heap {
public:
    /// How pages are made untouchable, and touchable again. False if that can't be done.
    using SetAccessible = bool (*)(std::span<std::byte> pages, bool accessible);

    /// Empty.
    constexpr Heap() = default;

    /// `memory` is zeroed and begins on a page.
    Heap(std::span<std::byte> memory, SetAccessible set_accessible)
        : set_accessible_(set_accessible) {
        auto const count = memory.size() / abi::page_bytes;
        auto const words = UnitMap::words_for(count);
        auto const books = std::min(count, pages_for(words * sizeof(std::uint64_t)));
        pages_ = memory.subspan(books * abi::page_bytes, (count - books) * abi::page_bytes);
        map_ = UnitMap({reinterpret_cast<std::uint64_t*>(memory.data()), words}, count - books);
    }

    /// Zeroed pages for `bytes`, rounded up; null if there are not so many in a row.
    void* allocate(std::size_t bytes) {
        auto const count = pages_for(bytes);
        auto const first = map_.allocate(count);
        return first ? cleared({*first, count}).data() : nullptr;
    }

    /// More pages behind some that were allocated, in place; false if those are taken.
    bool grow(void* address, std::size_t old_bytes, std::size_t bytes) {
        auto const run = locate(address, old_bytes);
        if (run.count == 0 || pages_for(bytes) < run.count) return false;
        Pages const more{run.first + run.count, pages_for(bytes) - run.count};
        if (!map_.allocate_at(more.first, more.count)) return false;
        cleared(more);
        return true;
    }

    /// Gives pages back: all that were allocated together, or a part. False if they are no pages of
    /// the heap.
    bool release(void* address, std::size_t bytes) {
        auto const run = locate(address, bytes);
        if (run.count == 0) return false;
        show(address, bytes);
        map_.release(run.first, run.count);
        return true;
    }

    /// Makes allocated pages untouchable until `show` or `release`: the guard below a stack. Where
    /// there is no room to remember it, or no right to do it, they just stay open.
    void hide(void* address, std::size_t bytes) {
        auto const pages = bytes_of(locate(address, bytes));
        if (pages.empty()) return;
        show(address, bytes);
        if (!hidden_.add(range_of(pages))) return;
        if (!set_accessible_(pages, false)) hidden_.remove(range_of(pages), [](Range) {});
    }
    void show(void* address, std::size_t bytes) {
        hidden_.remove(range_of(bytes_of(locate(address, bytes))), [this](Range gone) {
            set_accessible_({reinterpret_cast<std::byte*>(gone.begin), gone.end - gone.begin},
                            true);
        });
    }

    std::size_t bytes_in_use() const { return (map_.units() - map_.free()) * abi::page_bytes; }

private:
    struct Pages {
        std::size_t first, count;
    };

    std::span<std::byte> pages_; ///< behind the bits
    UnitMap map_;
    std::size_t fresh_ = 0; ///< the first page that was never given out
    RangeSet<64> hidden_;
    SetAccessible set_accessible_ = nullptr;

    static std::size_t pages_for(std::size_t bytes) {
        return bytes / abi::page_bytes + (bytes % abi::page_bytes != 0);
    }
    std::span<std::byte> bytes_of(Pages pages) const {
        return pages_.subspan(pages.first * abi::page_bytes, pages.count * abi::page_bytes);
    }
    static Range range_of(std::span<std::byte> pages) {
        auto const begin = reinterpret_cast<std::uintptr_t>(pages.data());
        return {begin, begin + pages.size()};
    }

    /// Which pages these are; none if they are not ours.
    Pages locate(void* address, std::size_t bytes) const {
        auto const begin = reinterpret_cast<std::uintptr_t>(pages_.data());
        auto const at = reinterpret_cast<std::uintptr_t>(address);
        if (at < begin || at - begin >= pages_.size() || at % abi::page_bytes != 0) return {0, 0};
        Pages const pages{(at - begin) / abi::page_bytes, pages_for(bytes)};
        return pages.count <= map_.units() - pages.first ? pages : Pages{0, 0};
    }

    /// The pages as zeroes: only those that were used before are not.
    std::span<std::byte> cleared(Pages pages) {
        auto const bytes = bytes_of(pages);
        auto const old = fresh_ > pages.first ? std::min(fresh_ - pages.first, pages.count) : 0;
        std::memset(bytes.data(), 0, old * abi::page_bytes);
        fresh_ = std::max(fresh_, pages.first + pages.count);
        return bytes;
    }
};

} // namespace runtime::libc

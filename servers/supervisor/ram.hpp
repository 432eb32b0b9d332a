#pragma once
// The machine's RAM: the Untypeds that the kernel handed over, and pieces taken from them. Pieces
// are never given back: what a service has stays its own, so that building it anew can't fail for
// want of memory.

#include <abi/boot.hpp>
#include <runtime/handle.hpp>

#include <array>
#include <cstdint>
#include <span>

namespace supervisor {

class Ram {
public:
    explicit Ram(abi::BootInfo const& info);

    /// What is free in all regions together.
    std::uint64_t free_bytes() const;

    /// From the smallest region that has room. `bytes` is a multiple of the page size, or a power
    /// of two.
    base::Result<runtime::Memory> memory(std::uint64_t bytes);
    base::Result<runtime::Untyped> untyped(std::uint64_t bytes);

    /// As much Memory as there is in one piece, in multiples of 2 MiB, but at most `most`.
    struct Piece {
        runtime::Memory memory;
        std::uint64_t bytes;
    };
    base::Result<Piece> largest_piece(std::uint64_t most);

private:
    struct Region {
        runtime::Untyped untyped;
        std::uint64_t free = 0;
    };
    std::array<Region, 32> regions_;
    std::size_t count_ = 0;

    static std::uint64_t ask_free(runtime::Untyped untyped);
    /// The smallest region with at least so much free, `not_below` ones passed over; null: none.
    Region* smallest_with(std::uint64_t bytes, std::uint64_t more_than);
    template <class Take>
    auto take(std::uint64_t bytes, Take const& take_from)
        -> decltype(take_from(regions_[0].untyped));
};

} // namespace supervisor

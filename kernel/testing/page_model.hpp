#pragma once
// What an address space should map, as intervals of pages: simple enough to be believed.

#include <kernel/memory/address_space.hpp>

#include <map>
#include <string>

namespace kernel::testing {

class PageModel {
public:
    /// What a run of pages is: pages of an attachment from `offset` on, or guards (attachment 0).
    struct Piece {
        std::uint64_t end; ///< page number after the last
        std::uint32_t attachment;
        std::uint64_t offset;
        abi::Protection protection;

        bool guard() const { return attachment == 0; }
        bool operator==(Piece const&) const = default;
    };
    using Pieces = std::map<std::uint64_t, Piece>; ///< by first page number

    /// Nothing is mapped from `first` on.
    void erase(std::uint64_t first, std::uint64_t count);
    void put(std::uint64_t first, std::uint64_t count, Piece piece);
    /// The pieces within a range, cut to it.
    Pieces within(std::uint64_t first, std::uint64_t count) const;
    /// The first page of the range that is not empty; the end of the range if all are.
    std::uint64_t first_used(std::uint64_t first, std::uint64_t count) const;
    bool any_mapped(std::uint64_t first, std::uint64_t count) const;
    void erase_attachment(std::uint32_t number);

    /// Neighbours that go together as one piece.
    Pieces merged() const;
    /// What the page tables of a space say.
    static PageModel of(AddressSpace& space);

    static std::string text(Pieces const& pieces);

private:
    Pieces pieces_;

    void cut(std::uint64_t at);
};

} // namespace kernel::testing

#pragma once
// The areas of a program in order of their addresses. They don't overlap.

#include <servers/linux/errno.hpp>
#include <servers/linux/memory/area.hpp>

#include <cstddef>
#include <span>

namespace personality {

class AreaSet {
public:
    static constexpr std::size_t max_areas = 65530; ///< vm.max_map_count

    AreaSet() = default;
    AreaSet(AreaSet const&) = delete;
    AreaSet& operator=(AreaSet const&) = delete;
    ~AreaSet();

    std::span<Area* const> all() const { return {areas_, count_}; }
    bool empty() const { return count_ == 0; }

    /// The area that holds an address.
    Area* at(std::uint64_t address) const;
    /// The first area that ends behind an address.
    std::size_t index_behind(std::uint64_t address) const;
    Area* behind(std::uint64_t address) const {
        std::size_t const index = index_behind(address);
        return index < count_ ? areas_[index] : nullptr;
    }
    Area* before(std::uint64_t address) const;
    bool free(std::uint64_t start, std::uint64_t end) const {
        Area const* area = behind(start);
        return area == nullptr || area->start >= end;
    }

    /// Room for `count` more, so that inserting them can't fail.
    Result<> reserve(std::size_t count);
    /// Put in a copy of `area`, whose range is free. Merges with equal neighbours.
    Result<Area*> insert(Area const& area);
    /// Make `address` a border between areas if it lies inside one.
    Result<> split(std::uint64_t address);
    /// Take out all areas of a range whose ends are borders.
    void remove(std::uint64_t start, std::uint64_t end);
    void clear() { remove(0, ~std::uint64_t{0}); }
    /// Join areas around and in a range where they became equal.
    void merge(std::uint64_t start, std::uint64_t end);

    /// The highest free range of `bytes` that ends at or below `top` and begins at or above
    /// `bottom`, its start a multiple of `alignment`; 0: none.
    std::uint64_t find_gap(std::uint64_t bytes, std::uint64_t bottom, std::uint64_t top,
                           std::uint64_t alignment = page_bytes) const;

private:
    Area** areas_ = nullptr;
    std::size_t count_ = 0, capacity_ = 0;

    static Area* clone(Area const& area);
    static void destroy(Area* area);
    void place(std::size_t index, Area* area);
};

} // namespace personality

#pragma once
// The physical memory map as objects: each range becomes an Untyped, a Memory or a Reserved, and so
// everything there is belongs to a capability of the first process.

#include <kernel/object/object.hpp>
#include <kernel/object/untyped.hpp>
#include <kernel/start/boot_description.hpp>
#include <kernel/start/bounded_list.hpp>

#include <abi/boot.hpp>
#include <abi/rights.hpp>

namespace kernel {

class Regions {
public:
    struct Region {
        abi::RegionType type;
        Object* object;
        base::Phys start;
        std::uint64_t bytes;
        abi::RightsMask rights;
    };

    /// The objects are made in what is left of the boot heap; the rest of the heap becomes a
    /// region.
    explicit Regions(BootDescription& boot);

    std::span<Region const> all() const { return regions_.all(); }
    Untyped& largest_untyped() const { return *largest_; }

    /// Which region of `info` holds a module.
    static std::uint32_t of_module(abi::BootInfo const& info, base::Phys start);

private:
    BoundedList<Region, abi::max_boot_regions> regions_;
    Untyped* largest_ = nullptr;

    void add(BootHeap& heap, base::Phys start, base::Phys end, MemoryUse use);
    void add(abi::RegionType type, Object& object, base::Phys start, std::uint64_t bytes,
             abi::RightsMask rights = abi::all_rights);
};

} // namespace kernel

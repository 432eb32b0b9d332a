#pragma once
// Attachment: the node by which an AddressSpace hangs below the capability of the Memory that it
// maps. Its slot is a child of that capability; removing it unmaps what it maps. Every table entry
// carries its attachment's number, so no per-page records are needed.

#include <kernel/cap/slot.hpp>

#include <base/address.hpp>

namespace kernel {

class AddressSpace;

struct Attachment {
    Slot slot; ///< must come first: `of` relies on it
    AddressSpace* space;
    base::Phys start; ///< of what the capability covers
    std::uint64_t pages;
    std::uint64_t mapped = 0; ///< pages that table entries map (large ones count as many)
    base::Virt lowest{~std::uint64_t{0}};
    base::Virt highest{0}; ///< end of the last page ever mapped
    std::uint32_t number;
    abi::RightsMask ceiling;
    abi::Cache cache;

    static Attachment& of(Slot& slot) { return reinterpret_cast<Attachment&>(slot); }

    /// Unmap what it maps. False: more is left.
    bool unmap(unsigned& budget);
    /// Its slot has been emptied: leave the space and give the record back.
    void dispose();

    bool allows(abi::Protection protection) const {
        auto const needs_write = abi::writable(protection);
        auto const needs_execute = abi::executable(protection);
        return abi::covers(ceiling, abi::MemoryRights::read) &&
               (!needs_write || abi::covers(ceiling, abi::MemoryRights::write)) &&
               (!needs_execute || abi::covers(ceiling, abi::MemoryRights::execute));
    }
};
static_assert(sizeof(Attachment) == 128);

} // namespace kernel

#pragma once
// Attachment: the node by which an AddressSpace hangs below the capability of the Memory that it
// maps. Its slot is a child of that capability; removing it unmaps what it maps. Every table entry
// carries its attachment's number, so no per-page records are needed.

#include <kernel/cap/slot.hpp>

#include <base/address.hpp>
#include <base/list.hpp>

namespace kernel {

class AddressSpace;

struct Attachment {
    Slot slot; ///< must come first: `of` relies on it. Its rights are the ceiling of protections
    AddressSpace* space;
    base::Link link;          ///< among those of its space
    base::Phys start;         ///< of what the capability covers
    std::uint64_t mapped = 0; ///< pages that table entries map (large ones count as many)
    base::Virt lowest{~std::uint64_t{0}};
    base::Virt highest{0}; ///< end of the last page ever mapped
    std::uint32_t number;
    abi::Cache cache;

    static Attachment& of(Slot& slot) { return reinterpret_cast<Attachment&>(slot); }

    /// Unmap what it maps. False: more is left.
    bool unmap(unsigned& budget);
    /// Its slot has been emptied: leave the space and give the record back.
    void dispose();

    bool allows(abi::Protection protection) const {
        using enum abi::MemoryRights;
        return abi::covers(slot.rights, read) &&
               (!abi::writable(protection) || abi::covers(slot.rights, write)) &&
               (!abi::executable(protection) || abi::covers(slot.rights, execute));
    }
};
static_assert(sizeof(Attachment) == 128);

} // namespace kernel

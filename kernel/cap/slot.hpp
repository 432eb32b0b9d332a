#pragma once
// A capability slot: one cache line that names an object, says with which rights, and is a node of
// the derivation tree. Slots stand in CapPools, and also inside objects that hold on to another
// (a thread's keeper, a timer's notification, an attachment): a reference that outlives a call is a
// capability, so revoking reaches it. A thread's time and its bound Notification are not: both
// sides know of the other, and the end of either ends it.
//
//              Untyped                     parent: what this was retyped, copied or minted from
//             /   |    \                   first_child, next, previous: those derived from this
//      Endpoint Thread Memory              A deleted slot's children move up to its parent, so
//       /   \            \                 revoking an ancestor still reaches them.
//   badge 1 badge 2   attachment

#include <kernel/object/object.hpp>

#include <abi/capability.hpp>
#include <abi/rights.hpp>

#include <cstddef>
#include <cstdint>

namespace kernel {

/// Who contains a slot, and so what has to happen when it is emptied.
enum class SlotRole : std::uint8_t {
    pool,          ///< a CapPool: nobody needs to be told
    reference,     ///< an object's hold on another: that binding is gone
    message_page,  ///< a Thread's message page: it has none any more
    process_space, ///< a Process's address space: the process ends
    port_range,    ///< ports that a Process has enabled: they are taken back
    interrupt,     ///< an Interrupt's Notification: it counts as acknowledged
    attachment,    ///< an Attachment: what it maps is unmapped first
    dma_mapping,   ///< a DmaMapping: so is that, or it goes into quarantine
};

struct alignas(64) Slot {
    Object* object = nullptr; ///< null: the slot is empty
    /// Endpoint and Notification: the badge. Memory: pages << 32 | first page. IoPorts: count << 32
    /// | first port. Thread, and Untyped for those made of it: the priority ceiling.
    std::uint64_t data = 0;
    Slot* parent = nullptr;
    Slot* first_child = nullptr;
    Slot* next = nullptr;
    Slot* previous = nullptr; ///< the first child's is null
    // In this order: `difference` compares the three at once.
    std::uint16_t generation = 1;
    abi::Kind kind = abi::Kind::none; ///< the object's; none: the slot is empty
    abi::RightsMask rights = 0;
    SlotRole role = SlotRole::pool;
    std::uint8_t depth = 0;
    /// The object that this slot is part of. In a pool: the Thread that is in the middle of
    /// revoking what was derived from it.
    Object* container = nullptr;

    bool empty() const { return object == nullptr; }
    /// Only what lies in a pool can be revoked.
    bool revoking() const { return role == SlotRole::pool && container; }
    /// What was in it has gone: its address is stale from now on.
    void vacate() {
        object = nullptr;
        kind = abi::Kind::none;
        rights = 0;
        data = 0;
        if (++generation == 0) generation = 1;
    }
    /// Zero if `address`, whose number is this slot's, names a capability of this kind with these
    /// rights.
    std::uint32_t difference(abi::CapAddress address, abi::Kind wanted,
                             abi::RightsMask needed) const {
        std::uint32_t found;
        __builtin_memcpy(&found, &generation, sizeof found);
        auto const rest = static_cast<std::uint32_t>(wanted) << 16 | std::uint32_t{needed} << 24;
        return ((found ^ address.generation()) & (0xff'ffff | std::uint32_t{needed} << 24)) ^ rest;
    }
    abi::CapAddress address(std::uint16_t number) const { return {number, generation}; }

    std::uint32_t first() const { return static_cast<std::uint32_t>(data); }
    std::uint32_t count() const { return static_cast<std::uint32_t>(data >> 32); }
    static constexpr std::uint64_t extent(std::uint64_t first, std::uint64_t count) {
        return first | count << 32;
    }
};
static_assert(sizeof(Slot) == 64);
static_assert(offsetof(Slot, kind) == offsetof(Slot, generation) + 2 &&
              offsetof(Slot, rights) == offsetof(Slot, generation) + 3);

/// A slot embedded in an object: empty, with its role.
struct Reference : Slot {
    constexpr explicit Reference(Object& whole, SlotRole what = SlotRole::reference) {
        role = what;
        container = &whole;
    }

    template <KernelObject T> T* as() const { return static_cast<T*>(object); }
};

} // namespace kernel

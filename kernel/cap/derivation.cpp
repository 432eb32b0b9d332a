#include <kernel/cap/derivation.hpp>

namespace kernel::derivation {

namespace {

void link(Slot& slot, Slot* parent) {
    slot.parent = parent;
    slot.previous = nullptr;
    if (!parent) {
        slot.next = nullptr;
        return;
    }
    slot.next = parent->first_child;
    if (slot.next) slot.next->previous = &slot;
    parent->first_child = &slot;
}

void unlink(Slot& slot) {
    if (slot.next) slot.next->previous = slot.previous;
    if (slot.previous)
        slot.previous->next = slot.next;
    else if (slot.parent)
        slot.parent->first_child = slot.next;
    slot.parent = slot.next = slot.previous = nullptr;
}

void end_revoking(Slot& slot) {
    if (!slot.revoking) return;
    slot.revoking = false;
    root().revokes_in_progress--;
}

} // namespace

bool has_revoked_ancestor(Slot const& slot) {
    for (auto const* at = slot.parent; at; at = at->parent)
        if (at->revoking) return true;
    return false;
}

base::Result<> derivable(Slot const& source) {
    if (source.depth == abi::max_derivation_depth) return base::fail(abi::Error::too_deep);
    // A slot whose own descendants are being revoked must not get new ones either, or the revoke
    // could be outrun.
    if (source.revoking || being_revoked(source)) return base::fail(abi::Error::revoked);
    return {};
}

void fill(Slot& slot, Object& object, abi::RightsMask rights, std::uint64_t data, Slot* parent) {
    slot.object = &object;
    slot.kind = object.kind;
    slot.rights = rights;
    slot.data = data;
    slot.depth = parent ? static_cast<std::uint8_t>(parent->depth + 1) : std::uint8_t{0};
    object.caps++;
    link(slot, parent);
}

void move(Slot& to, Slot& from) {
    auto* const parent = from.parent;
    to.object = from.object;
    to.kind = from.kind;
    to.rights = from.rights;
    to.data = from.data;
    to.depth = from.depth;
    unlink(from);
    link(to, parent);
    to.first_child = from.first_child;
    for (auto* child = to.first_child; child; child = child->next) child->parent = &to;
    end_revoking(from);
    from.object = nullptr;
    from.kind = abi::Kind::none;
    from.first_child = nullptr;
    from.generation = from.generation == 0xffff ? std::uint16_t{1}
                                                : static_cast<std::uint16_t>(from.generation + 1);
}

void orphan(Slot& slot) { unlink(slot); }

bool lift_children(Slot& slot, unsigned& budget) {
    while (auto* child = slot.first_child) {
        if (budget == 0) return false;
        budget--;
        unlink(*child);
        link(*child, slot.parent);
    }
    return true;
}

Object& clear(Slot& slot) {
    auto& object = *slot.object;
    end_revoking(slot);
    unlink(slot);
    slot.object = nullptr;
    slot.kind = abi::Kind::none;
    slot.data = 0;
    slot.rights = 0;
    slot.generation = slot.generation == 0xffff ? std::uint16_t{1}
                                                : static_cast<std::uint16_t>(slot.generation + 1);
    object.caps--;
    return object;
}

} // namespace kernel::derivation

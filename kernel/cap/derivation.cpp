#include <kernel/cap/derivation.hpp>

#include <kernel/object/thread.hpp>

#include <utility>

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

} // namespace

void begin_revoking(Slot& slot, Thread& by) {
    if (slot.container == &by) return;
    end_revoking(slot);
    if (by.revokes) end_revoking(*by.revokes); // since then it found other code
    slot.container = &by;
    by.revokes = &slot;
    root().revokes_in_progress++;
}

void end_revoking(Slot& slot) {
    if (!slot.revoking()) return;
    static_cast<Thread*>(slot.container)->revokes = nullptr;
    slot.container = nullptr;
    root().revokes_in_progress--;
}

bool has_revoked_ancestor(Slot const& slot) {
    for (auto const* at = slot.parent; at; at = at->parent)
        if (at->revoking()) return true;
    return false;
}

base::Result<> derivable(Slot const& source) {
    if (source.depth == abi::max_derivation_depth) return base::fail(abi::Error::too_deep);
    // A slot whose own descendants are being revoked must not get new ones either, or the revoke
    // could be outrun.
    if (source.revoking() || being_revoked(source)) return base::fail(abi::Error::revoked);
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
    fill(to, *from.object, from.rights, from.data, from.parent);
    to.first_child = std::exchange(from.first_child, nullptr);
    for (auto* child = to.first_child; child; child = child->next) child->parent = &to;
    clear(from);
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
    slot.vacate();
    object.caps--;
    return object;
}

} // namespace kernel::derivation

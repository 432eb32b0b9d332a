#include <kernel/cap/teardown.hpp>

#include <kernel/cap/derivation.hpp>
#include <kernel/memory/attachment.hpp>
#include <kernel/object/objects.hpp>
#include <kernel/root.hpp>

#include <algorithm>

namespace kernel::teardown {

namespace {

/// What a container does when a slot of its own is about to be emptied. False: not done yet.
bool release(Slot& slot, unsigned& budget) {
    auto* const whole = slot.container; // null in pools
    switch (slot.role) {
    case SlotRole::pool:
    case SlotRole::reference: break;
    case SlotRole::message_page: static_cast<Thread*>(whole)->message_page = nullptr; break;
    case SlotRole::process_space: return static_cast<Process*>(whole)->lose_space(budget);
    case SlotRole::port_range: unload_ports(static_cast<Process&>(*whole)); break;
    case SlotRole::interrupt: static_cast<Interrupt*>(whole)->lose_notification(); break;
    case SlotRole::attachment: return Attachment::of(slot).unmap(budget);
    case SlotRole::dma_mapping: return DmaMapping::of(slot).unmap(budget);
    }
    return true;
}

Slot& deepest(Slot& slot) {
    auto* at = &slot;
    while (at->first_child) at = at->first_child;
    return *at;
}

} // namespace

void let_die(Object& object) {
    if (object.caps == 0 && !object.dying_link.linked() && may_die(object))
        root().dying.push_back(object);
}

bool remove(Slot& slot, unsigned& budget) {
    if (slot.empty()) return true;
    if (!release(slot, budget) || !derivation::lift_children(slot, budget)) return false;
    auto const role = slot.role;
    budget -= std::min(budget, role == SlotRole::pool ? 1u : 2u); // who loses it is told
    if (role == SlotRole::dma_mapping && DmaMapping::of(slot).quarantine()) return true;
    auto& object = derivation::clear(slot);
    let_die(object);
    if (role == SlotRole::attachment) Attachment::of(slot).dispose();
    if (role == SlotRole::dma_mapping) DmaMapping::of(slot).dispose();
    return true;
}

bool revoke(Slot& slot, Thread& by, unsigned& budget) {
    derivation::begin_revoking(slot, by);
    // Up and down again from where the last leaf was: each slot is passed a few times, however
    // deep.
    for (auto* at = &deepest(slot); at != &slot;) {
        auto* const parent = at->parent;
        if (budget == 0 || !remove(*at, budget)) return false;
        at = &deepest(*parent);
    }
    derivation::end_revoking(slot);
    return true;
}

bool reap(unsigned& budget) {
    auto& dying = root().dying;
    while (!dying.empty()) {
        if (budget == 0) return false;
        budget--;
        auto& object = dying.front();
        if (!destroy_step(object, budget)) return false;
        dying.remove(object);
        budget -= std::min(budget, 1 + (1u << object.size_log2) / 512); // what is zeroed
        if (object.home)
            object.home->give_back(reinterpret_cast<std::byte*>(&object), object.size_log2);
    }
    return true;
}

} // namespace kernel::teardown

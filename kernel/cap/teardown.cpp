#include <kernel/cap/teardown.hpp>

#include <kernel/cap/derivation.hpp>
#include <kernel/memory/attachment.hpp>
#include <kernel/object/objects.hpp>
#include <kernel/root.hpp>

namespace kernel::teardown {

namespace {

/// What a container does when a slot of its own is about to be emptied. False: not done yet.
bool release(Slot& slot, unsigned& budget) {
    auto* const whole = slot.container; // null in pools
    switch (slot.role) {
    case SlotRole::pool:
    case SlotRole::reference: break;
    case SlotRole::message_page: static_cast<Thread*>(whole)->message_page = nullptr; break;
    case SlotRole::process_space: static_cast<Process*>(whole)->lose_space(); break;
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

void release_memory(Object& object) {
    auto* const home = object.home;
    auto const size_log2 = object.size_log2;
    auto* const block = reinterpret_cast<std::byte*>(&object);
    if (home) home->give_back(block, size_log2);
}

} // namespace

void let_die(Object& object) {
    if (object.caps == 0 && !object.dying_link.linked() && may_die(object))
        root().dying.push_back(object);
}

Progress remove(Slot& slot, unsigned& budget) {
    if (slot.empty()) return Progress::done;
    if (!release(slot, budget) || !derivation::lift_children(slot, budget))
        return Progress::unfinished;
    if (budget > 0) budget--;
    auto const role = slot.role;
    if (role == SlotRole::dma_mapping && DmaMapping::of(slot).quarantine()) return Progress::done;
    auto& object = derivation::clear(slot);
    let_die(object);
    if (role == SlotRole::attachment) Attachment::of(slot).dispose();
    if (role == SlotRole::dma_mapping) DmaMapping::of(slot).dispose();
    return Progress::done;
}

Progress revoke(Slot& slot, unsigned& budget) {
    if (!slot.revoking) {
        slot.revoking = true;
        root().revokes_in_progress++;
    }
    // Up and down again from where the last leaf was: each slot is passed a few times, however
    // deep.
    for (auto* at = &deepest(slot); at != &slot;) {
        auto* const parent = at->parent;
        if (budget == 0 || remove(*at, budget) == Progress::unfinished) return Progress::unfinished;
        at = &deepest(*parent);
    }
    slot.revoking = false;
    root().revokes_in_progress--;
    return Progress::done;
}

bool pending() { return !root().dying.empty(); }

Progress reap(unsigned& budget) {
    auto& dying = root().dying;
    while (!dying.empty()) {
        if (budget == 0) return Progress::unfinished;
        budget--;
        auto& object = dying.front();
        if (destroy_step(object, budget) == Destruction::unfinished) return Progress::unfinished;
        dying.remove(object);
        release_memory(object);
    }
    return Progress::done;
}

} // namespace kernel::teardown

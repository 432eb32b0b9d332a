#include <kernel/testing/invariants/checker.hpp>

namespace kernel::testing {

Checker::Checker(Notes& notes, std::span<Processor* const> processors, Machine machine,
                 std::uint64_t most_zero)
    : notes_(notes), processors_(processors), machine_(machine), most_zero_(most_zero) {
    notes_.objects.clear();
    notes_.all.clear();
    notes_.slots.clear();
    notes_.taken.clear();
}

void Checker::anchor(Slot& slot) {
    walk(slot);
    check_contained(slot);
}

void Checker::begin_at(Object& object) { meet(&object); }

unsigned Checker::run() {
    find_all();
    // The looks below would only stumble over what is wrong already.
    if (broken_ == 0) {
        check_derivation();
        for (auto* object : notes_.all)
            visit(*object, Objects{}, [&](auto& it) { check_object(it); });
        check_memory();
        for (auto* processor : processors_) check_processor(*processor);
        check_queues();
        check_interrupts();
    }
    return too_much_ ? 0 : broken_;
}

void Checker::meet(Object* object) {
    if (object && notes_.objects.add(object)) notes_.all.add(object);
}

/// Everything derived from a slot, in the order of the tree; slots that know no end are noticed.
void Checker::walk(Slot& slot) {
    auto* at = &slot;
    while (true) {
        if (!notes_.slots.add(at)) {
            expect(notes_.slots.overflowed(), "a slot is in the derivation tree twice");
            return;
        }
        expect(!at->empty(), "an empty slot is in the derivation tree");
        if (at->empty()) return;
        expect(at->kind == at->object->kind, "a slot is wrong about its kind");
        meet(at->object);
        if (auto* const note = notes_.objects.find(at->object)) note->named++;
        if (auto* const child = at->first_child) {
            expect(child->parent == at, "a child does not know its parent");
            expect(child->previous == nullptr, "siblings disagree");
            expect(child->depth > at->depth, "a child is not deeper than its parent");
            if (broken_ > 0) return;
            at = child;
            continue;
        }
        while (at != &slot && !at->next) at = at->parent;
        if (at == &slot) return;
        auto* const next = at->next;
        expect(next->parent == at->parent, "a child does not know its parent");
        expect(next->previous == at, "siblings disagree");
        expect(!next->parent || next->depth > next->parent->depth,
               "a child is not deeper than its parent");
        if (broken_ > 0) return;
        at = next;
    }
}

/// All that hangs together: what slots name, what objects contain, trees of derivation whole.
void Checker::find_all() {
    for (auto& object : root().dying) {
        expect(object.caps == 0, "a dying object has {} capabilities", object.caps);
        expect(may_die(object), "an Untyped dies in use");
        meet(&object);
    }
    // A device's space may outlive its last capability.
    for (auto* space : root().dma_domains) meet(space);
    for (std::size_t i = 0; i < notes_.all.size() && broken_ == 0; i++) {
        auto& object = *notes_.all[i];
        // Untypeds without a capability live on in what was made of them.
        meet(object.home);
        if (object.kind == abi::Kind::untyped) meet(static_cast<Untyped&>(object).parent_);
        if (object.kind == abi::Kind::memory) meet(static_cast<Memory&>(object).range_);
        visit(object, Objects{}, [&](auto& it) {
            slots_of(it, [&](Slot& slot) {
                if (slot.empty() || notes_.slots.find(&slot)) return;
                auto* top = &slot;
                for (unsigned up = 0; top->parent && up < 0x10000; up++) top = top->parent;
                if (!notes_.slots.find(top)) walk(*top);
            });
        });
    }
    if (notes_.objects.overflowed() || notes_.slots.overflowed()) {
        too_much_ = true;
        broken_++;
    }
}

void Checker::check_contained(Slot& slot) {
    if (slot.empty()) return;
    auto* const note = notes_.slots.find(&slot);
    expect(note != nullptr, "an occupied slot is not in the tree");
    if (!note) return;
    contained_ += !note->contained;
    if (slot.revoking()) {
        revoking_++;
        auto const* const by = static_cast<Thread const*>(slot.container);
        expect(by->kind == abi::Kind::thread && by->revokes == &slot,
               "a revoke of nobody in particular");
        expect(by->state != Thread::State::ended && by->state != Thread::State::suspended &&
                   by->state != Thread::State::keeper_lost && !by->held,
               "a revoke by somebody who can't go on");
    }
    note->contained = true;
}

void Checker::check_derivation() {
    for (auto* object : notes_.all) {
        auto const count = notes_.objects.find(object)->named;
        expect(object->caps == count, "kind {} is named by {} slots, counted {}",
               number(object->kind), count, object->caps);
        auto const dying = object->dying_link.linked();
        expect(count != 0 || dying || !may_die(*object), "kind {} is lost", number(object->kind));
        visit(*object, Objects{},
              [&](auto& it) { slots_of(it, [&](Slot& slot) { check_contained(slot); }); });
    }
    if (contained_ != notes_.slots.size())
        notes_.slots.each([&](Slot* slot, SlotNote const& note) {
            expect(note.contained, "a slot in the tree, of kind {}, is part of nothing",
                   number(slot->object->kind));
        });
    expect(revoking_ == root().revokes_in_progress, "{} revokes, counted {}", revoking_,
           root().revokes_in_progress);
}

} // namespace kernel::testing

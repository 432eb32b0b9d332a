#pragma once
// The one teardown path: emptying slots, revoking what was derived, and taking dying objects apart.
// All of it goes in steps against a budget, keeps its progress in the objects themselves, and can
// be taken up by anybody.

#include <kernel/cap/slot.hpp>

#include <hardware.hpp>

namespace kernel {
class Thread;
}

namespace kernel::teardown {

/// Slots, pages or table entries handled between two looks at pending interrupts.
using arch::step_budget;

// These, and every object's `destroy`, return false while more is left: the budget is spent.

/// Empty a slot. Its children move up to its parent; an object that loses its last capability joins
/// the dying.
bool remove(Slot& slot, unsigned& budget);

/// Empty everything below `slot`, leaves first. While `by` is at it nothing can be derived below.
bool revoke(Slot& slot, Thread& by, unsigned& budget);

/// Take dying objects apart and give their memory back.
bool reap(unsigned& budget);

/// An object whose last capability has gone (or an Untyped whose last child has) starts to die.
void let_die(Object& object);

} // namespace kernel::teardown

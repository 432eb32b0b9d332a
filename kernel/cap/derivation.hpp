#pragma once
// The derivation tree: linking, unlinking, copying and moving slots. Nothing here can fail; whoever
// calls has checked `derivable` before.

#include <kernel/cap/slot.hpp>
#include <kernel/root.hpp>

#include <base/result.hpp>

namespace kernel {
class Thread;
}

namespace kernel::derivation {

/// True if one of the slot's ancestors, at most max_derivation_depth, is being revoked.
bool has_revoked_ancestor(Slot const& slot);
/// True if a revoke in progress reaches this slot: nothing may be derived from it or mapped through
/// it. To call through it is no harm, and may as well have happened before. In general no revoke is
/// in progress.
inline bool being_revoked(Slot const& slot) {
    return root().revokes_in_progress != 0 && has_revoked_ancestor(slot);
}
/// `by` revokes what was derived from the slot, until it has done so, can't go on, or another
/// thread takes it up.
void begin_revoking(Slot& slot, Thread& by);
void end_revoking(Slot& slot);

/// ok if a child may be derived from `source` now.
base::Result<> derivable(Slot const& source);

/// Fill `slot`, which must be empty, with a capability for `object` below `parent` (null: a root).
void fill(Slot& slot, Object& object, abi::RightsMask rights, std::uint64_t data, Slot* parent);

/// Derive: a child of `source` with the same object.
inline void derive(Slot& slot, Slot& source, abi::RightsMask rights, std::uint64_t data) {
    fill(slot, *source.object, rights, data, &source);
}

/// Move what `from` holds, place in the tree included, to the empty slot `to`.
/// Constant time but for the children, whose number the caller has bounded.
void move(Slot& to, Slot& from);

/// Make a slot without children a root: no revoke reaches it any more.
void orphan(Slot& slot);

/// Let up to `budget` children of `slot` hang below its parent instead. True when none is left.
bool lift_children(Slot& slot, unsigned& budget);

/// Take a slot without children out of the tree and empty it; the generation moves on. The object's
/// count of capabilities goes down: the caller deals with an object that lost its last.
Object& clear(Slot& slot);

} // namespace kernel::derivation

// A move of n bytes, and what a successor makes of it, if the pump dies after a step:
//
//     copy the bytes behind the destination's position        as if nothing had happened
//     record: where both positions will stand                 as if nothing had happened
//     record: pending                                         stores both positions
//     destination's position: the reader sees the bytes       stores both positions (again)
//     source's position: the writer sees the room             stores both positions (again)
//     record: not pending                                     all is done
//
// x86 makes stores visible in their order, and a killed thread's stores are all made or not begun,
// so what holds after each store holds after each instruction.

#include <servers/console/pump.hpp>

#include <algorithm>

namespace console {

namespace {

using protocols::terminal::TransferRecord;

/// The positions of a ring whose record may have been forged must stay plausible, or the ring would
/// be corrupt for good.
bool within(std::uint64_t target, std::uint64_t stored, std::uint64_t capacity) {
    return target - stored <= capacity;
}

/// Commit what a predecessor recorded. Before anything else looks at the rings.
TransferRecord& recover(RingMemory const& from, RingMemory const& to, TransferRecord& record) {
    if (record.pending.load(std::memory_order_acquire) == 0) return record;
    auto const consumed = record.consumed.load(std::memory_order_relaxed);
    auto const produced = record.produced.load(std::memory_order_relaxed);
    if (within(produced, to.positions.produced.load(std::memory_order_relaxed), to.data.size()) &&
        within(consumed, from.positions.consumed.load(std::memory_order_relaxed),
               from.data.size())) {
        to.positions.produced.store(produced, std::memory_order_release);
        from.positions.consumed.store(consumed, std::memory_order_release);
    }
    record.pending.store(0, std::memory_order_release);
    return record;
}

} // namespace

Pump::Pump(RingMemory from, RingMemory to, TransferRecord& record)
    : record_(&recover(from, to, record)), from_(from.positions, from.data),
      to_(to.positions, to.data) {}

Pump::Wakes Pump::run() {
    Wakes wakes;
    do {
        while (move()) wakes.moved = true;
    } while (!settle());
    // Where nothing moved nobody is woken, or two idle peers would wake each other for ever.
    if (!wakes.moved) return wakes;
    // The writer is woken once for half a ring of room, rather than for every piece.
    bool const roomy = from_.available(from_.capacity()) <= from_.capacity() / 2;
    wakes.source = roomy && from_.claim_wake();
    wakes.destination = to_.claim_wake();
    return wakes;
}

bool Pump::move() {
    auto const bytes = from_.bytes(from_.capacity());
    auto const space = to_.space(to_.capacity());
    auto const count = std::min(bytes.size(), space.size());
    if (count == 0) return false;
    std::memcpy(space.data(), bytes.data(), count);
    record_->consumed.store(from_.position() + count, std::memory_order_relaxed);
    record_->produced.store(to_.position() + count, std::memory_order_relaxed);
    record_->pending.store(1, std::memory_order_release);
    to_.fill(count);
    to_.publish();
    from_.take(count);
    from_.acknowledge();
    record_->pending.store(0, std::memory_order_release);
    return true;
}

bool Pump::settle() {
    if (from_.available() == 0) return from_.prepare_sleep();
    return to_.prepare_sleep();
}

} // namespace console

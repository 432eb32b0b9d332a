#pragma once
// CapPool: a table of capability slots in segments of 256, all paid from the Untyped that the pool
// was made of. Slot number: segment in the high byte, place in the low byte.

#include <kernel/cap/slot.hpp>

#include <base/result.hpp>

#include <array>
#include <span>

namespace kernel {

class CapPool : public ObjectOf<abi::Kind::cap_pool> {
public:
    using Rights = abi::CapPoolRights;

    CapPool() { segments_.fill(nowhere); }

    /// The slot of this number; null if the pool has not grown so far.
    Slot* slot(std::uint16_t number) {
        return number < used_ * abi::pool_segment_slots ? &at(number) : nullptr;
    }

    /// The occupied slot that an address names; null if it names none, or no longer. Every message
    /// comes here, up to three times: where no segment is, a segment of empty slots stands.
    Slot* find(abi::CapAddress address) {
        auto& found = place_of(address);
        if (found.generation != address.generation() || found.empty()) [[unlikely]]
            return nullptr;
        return &found;
    }

    /// The slot with the address's number, for who asks for its `difference`.
    Slot& place_of(abi::CapAddress address) { return at(address.slot()); }

    /// Why find returned null.
    abi::Error why_not(abi::CapAddress address);

    /// Add one segment, paid from home; the first before anything else.
    base::Result<std::uint32_t> grow();
    auto initialise() { return grow(); }

    /// Empty all slots, after `begin_emptying`. False: more is left. Progress is kept in the pool.
    bool empty_all(unsigned& budget);
    /// From the first slot on: some that an earlier sweep has passed may be filled again.
    void begin_emptying() { emptied_ = 0; }

    bool destroy(unsigned& budget);

    std::uint32_t segment_count() const { return used_; }

private:
    /// Empty slots, in read-only memory: nothing but `find` gets to see them.
    static Slot* const nowhere;

    std::array<Slot*, abi::pool_segments> segments_;
    std::uint32_t used_ = 0;
    std::uint32_t emptied_ = 0; ///< slots below this were emptied by the sweep that is in progress
    bool dying_ = false;        ///< nobody can fill it any more

    Slot& at(std::uint16_t number) {
        static_assert(abi::pool_segments * abi::pool_segment_slots == 0x10000);
        return segments_[number / abi::pool_segment_slots][number % abi::pool_segment_slots];
    }
};

} // namespace kernel

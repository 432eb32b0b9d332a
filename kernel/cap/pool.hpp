#pragma once
// CapPool: a table of capability slots in segments of 256, all paid from the Untyped that the pool
// was made of. Slot number: segment in the high byte, place in the low byte.

#include <kernel/cap/slot.hpp>
#include <kernel/object/destruction.hpp>

#include <base/result.hpp>

#include <array>
#include <span>

namespace kernel {

class CapPool : public ObjectOf<abi::Kind::cap_pool> {
public:
    using Rights = abi::CapPoolRights;

    /// The slot of this number; null if the pool has not grown so far.
    Slot* slot(std::uint16_t number) {
        auto const segment = number / abi::pool_segment_slots;
        if (segment >= segments_.size() || !segments_[segment]) [[unlikely]]
            return nullptr;
        return segments_[segment] + number % abi::pool_segment_slots;
    }

    /// The occupied slot that an address names; null if it names none, or no longer.
    Slot* find(abi::CapAddress address) {
        auto* const found = slot(address.slot());
        if (!found || found->generation != address.generation() || found->empty()) [[unlikely]]
            return nullptr;
        return found;
    }

    /// Why find returned null.
    abi::Error why_not(abi::CapAddress address);

    /// Add one segment, paid from home.
    base::Result<std::uint32_t> grow();

    /// Empty all slots. False: more is left. Progress is kept in the pool.
    bool empty_all(unsigned& budget);

    Destruction destroy(unsigned& budget);

    std::uint32_t segment_count() const { return used_; }

private:
    std::array<Slot*, abi::pool_segments> segments_{};
    std::uint32_t used_ = 0;
    std::uint32_t emptied_ = 0; ///< slots below this are known to be empty (teardown only)
};

} // namespace kernel

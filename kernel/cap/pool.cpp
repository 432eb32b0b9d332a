#include <kernel/cap/pool.hpp>

#include <kernel/cap/teardown.hpp>
#include <kernel/object/untyped.hpp>

#include <algorithm>
#include <bit>
#include <new>

namespace kernel {

namespace {
constexpr std::size_t segment_bytes = abi::pool_segment_slots * sizeof(Slot);
constexpr unsigned segment_log2 = std::bit_width(segment_bytes) - 1;

constinit Slot const empty_segment[abi::pool_segment_slots]{};
} // namespace

Slot* const CapPool::nowhere = const_cast<Slot*>(empty_segment);

abi::Error CapPool::why_not(abi::CapAddress address) {
    auto const* const found = slot(address.slot());
    if (found && address && found->generation != address.generation())
        return abi::Error::stale_capability;
    return abi::Error::bad_capability;
}

base::Result<std::uint32_t> CapPool::grow() {
    if (used_ == segments_.size()) return base::fail(abi::Error::out_of_range);
    auto* const memory = TRY(home->take(segment_log2));
    auto* const slots = reinterpret_cast<Slot*>(memory);
    for (std::uint32_t i = 0; i < abi::pool_segment_slots; i++) new (slots + i) Slot;
    segments_[used_] = slots;
    return used_++ * abi::pool_segment_slots;
}

bool CapPool::empty_all(unsigned& budget) {
    auto const total = used_ * abi::pool_segment_slots;
    while (emptied_ < total) {
        auto& next = *slot(static_cast<std::uint16_t>(emptied_));
        // Empty slots are cheap to pass over, but not free.
        if (next.empty() && emptied_ % 8 != 0) {
            emptied_++;
            continue;
        }
        if (budget == 0 || !teardown::remove(next, budget)) return false;
        budget -= budget > 0;
        emptied_++;
    }
    return true;
}

bool CapPool::destroy(unsigned& budget) {
    if (!dying_) begin_emptying();
    dying_ = true;
    if (!empty_all(budget)) return false;
    while (used_ > 0) {
        if (budget == 0) return false;
        budget -= std::min(budget, 16u); // zeroing one takes 2,048 words
        home->give_back(reinterpret_cast<std::byte*>(segments_[--used_]), segment_log2);
        segments_[used_] = nowhere;
    }
    return true;
}

} // namespace kernel

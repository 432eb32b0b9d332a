#pragma once
// Which slots of a pool are taken: one bit each. Any thread may use it; no locks.

#include <abi/capability.hpp>

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace runtime {

class SlotMap {
public:
    static constexpr std::uint32_t most = abi::pool_segment_slots * abi::pool_segments;

    /// Slots from `first` to before `end` exist and are free. Ends grow by whole segments.
    void add(std::uint32_t first, std::uint32_t end) {
        for (auto slot = first; slot < end && slot < most; slot++)
            word(slot).fetch_or(bit(slot), std::memory_order_release);
        auto seen = end_.load(std::memory_order_relaxed);
        while (seen < end && !end_.compare_exchange_weak(seen, end, std::memory_order_release)) {
        }
    }

    std::optional<std::uint16_t> allocate() {
        auto const words = (end_.load(std::memory_order_acquire) + 63) / 64;
        auto const start = hint_.load(std::memory_order_relaxed);
        for (std::uint32_t i = 0; i < words; i++) {
            auto const at = start + i < words ? start + i : start + i - words;
            if (auto const slot = take_one(at)) {
                hint_.store(at, std::memory_order_relaxed);
                return slot;
            }
        }
        return std::nullopt;
    }

    /// `count` adjacent slots, at most 64, as ThreadSetReceiveSlots wants them; the first of them.
    std::optional<std::uint16_t> allocate_adjacent(std::uint32_t count) {
        if (count == 0 || count > 64) return std::nullopt;
        auto const words = (end_.load(std::memory_order_acquire) + 63) / 64;
        auto const pattern = count == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
        for (std::uint32_t at = 0; at < words; at++)
            for (std::uint32_t shift = 0; shift + count <= 64; shift++)
                if (take_exactly(at, pattern << shift))
                    return static_cast<std::uint16_t>(at * 64 + shift);
        return std::nullopt;
    }

    /// The slot is empty again.
    void release(std::uint16_t slot) { word(slot).fetch_or(bit(slot), std::memory_order_release); }

private:
    // A set bit is a free slot, so that memory of zeroes is a pool without any.
    std::array<std::atomic<std::uint64_t>, most / 64> free_{};
    std::atomic<std::uint32_t> end_ = 0;
    std::atomic<std::uint32_t> hint_ = 0;

    std::atomic<std::uint64_t>& word(std::uint32_t slot) { return free_[slot / 64]; }
    static std::uint64_t bit(std::uint32_t slot) { return std::uint64_t{1} << slot % 64; }

    std::optional<std::uint16_t> take_one(std::uint32_t at) {
        auto free = free_[at].load(std::memory_order_relaxed);
        while (free != 0) {
            auto const lowest = free & (~free + 1);
            if (free_[at].compare_exchange_weak(free, free & ~lowest, std::memory_order_acquire))
                return static_cast<std::uint16_t>(at * 64 +
                                                  static_cast<unsigned>(std::countr_zero(lowest)));
        }
        return std::nullopt;
    }

    bool take_exactly(std::uint32_t at, std::uint64_t bits) {
        auto free = free_[at].load(std::memory_order_relaxed);
        while ((free & bits) == bits)
            if (free_[at].compare_exchange_weak(free, free & ~bits, std::memory_order_acquire))
                return true;
        return false;
    }
};

} // namespace runtime

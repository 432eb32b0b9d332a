#include <runtime/environment.hpp>
#include <runtime/object/cap_pool.hpp>
#include <runtime/own.hpp>
#include <runtime/slot_map.hpp>
#include <runtime/slots.hpp>

namespace runtime {

namespace {
constinit SlotMap slots;

base::Result<> grow() {
    auto const first = TRY(CapPool(own_pool).grow(environment().pool_memory));
    auto const from = static_cast<std::uint32_t>(first);
    slots.add(from, from + abi::pool_segment_slots);
    return {};
}
} // namespace

base::Result<std::uint16_t> allocate_slot() {
    for (;;) {
        if (auto const slot = slots.allocate()) return *slot;
        TRY(grow());
    }
}

base::Result<std::uint16_t> allocate_adjacent_slots(std::uint32_t count) {
    if (count == 0 || count > 64) return base::fail(abi::Error::bad_argument);
    for (;;) {
        if (auto const slot = slots.allocate_adjacent(count)) return *slot;
        TRY(grow());
    }
}

void release_slot(std::uint16_t slot) { slots.release(slot); }

void detail::begin_slots(std::uint32_t first_free, std::uint32_t count) {
    slots.add(first_free, count);
}

} // namespace runtime

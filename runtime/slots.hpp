#pragma once
// The empty slots of our own pool. When they run out the pool grows by a segment, paid from
// environment().pool_memory.

#include <base/result.hpp>

#include <cstdint>

namespace runtime {

/// An empty slot that nobody else will be given, or the error with which the pool refuses to grow.
base::Result<std::uint16_t> allocate_slot();

/// `count` adjacent ones (at most 64), for a thread that receives capabilities.
base::Result<std::uint16_t> allocate_adjacent_slots(std::uint32_t count);

/// The slot is empty and may be given out again.
void release_slot(std::uint16_t slot);

namespace detail {
/// Called once by read_environment.
void begin_slots(std::uint32_t first_free, std::uint32_t slots);
} // namespace detail

} // namespace runtime

#pragma once
// The memory that the supervisor gave us: RAM and boot archives, mapped into our window and made
// known to the frame pool.

#include <servers/linux/memory/frame_pool.hpp>
#include <servers/linux/skerry/machine.hpp>

#include <array>
#include <span>

namespace personality {

struct GivenMemory {
    std::array<SharedMemory, FramePool::max_extents> shared{};
    std::size_t count = 0;
    std::array<std::span<std::byte const>, 4> archives{};
    std::size_t archive_count = 0;

    std::span<SharedMemory const> all() const { return std::span(shared).first(count); }
};

/// Take what the start page lists as `ram0`..., `archive0`... Ends the program if there is no RAM.
void take_memory(FramePool& frames, GivenMemory& memory);

} // namespace personality

#pragma once
// What a device writes, and where, to interrupt: both words come from the kernel.

#include <cstdint>

namespace device {

struct Message {
    std::uint64_t address = 0;
    std::uint32_t data = 0;
};

} // namespace device

#include <hardware.hpp>

#include <algorithm>

namespace kernel::arch {

void clear_ports() {
    auto& tss = machine.descriptors->tss();
    tss.use_bitmap(false);
    std::ranges::fill(tss.bitmap, std::uint8_t{0xff});
}

void allow_ports(std::uint32_t first, std::uint32_t count) {
    auto& tss = machine.descriptors->tss();
    for (auto port = first; port < first + count; port++)
        tss.bitmap[port / 8] &= static_cast<std::uint8_t>(~(1u << port % 8));
    tss.use_bitmap(true);
}

} // namespace kernel::arch

#include <kernel/arch/x86_64/interval_timer.hpp>

#include <kernel/arch/x86_64/instructions.hpp>

namespace kernel::arch {
namespace {

constexpr std::uint16_t channel_2 = 0x42;
constexpr std::uint16_t command = 0x43;
/// Bit 0 lets channel 2 count, bit 1 is the speaker.
constexpr std::uint16_t gate = 0x61;

} // namespace

void IntervalTimer::start() {
    out8(gate, (in8(gate) & 0xfc) | 1);
    out8(command, 0xb0); // channel 2, low byte then high byte, mode 0: count down once
    out8(channel_2, 0xff);
    out8(channel_2, 0xff);
}

void IntervalTimer::latch() const { out8(command, 0x80); }

std::uint16_t IntervalTimer::latched() const {
    std::uint8_t const low = in8(channel_2);
    std::uint8_t const high = in8(channel_2);
    return static_cast<std::uint16_t>(high << 8 | low);
}

} // namespace kernel::arch

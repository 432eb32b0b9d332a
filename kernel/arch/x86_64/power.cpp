#include <kernel/arch/x86_64/power.hpp>

#include <kernel/arch/x86_64/instructions.hpp>
#include <kernel/log/log.hpp>

namespace kernel::arch {
namespace {

/// ACPI 6.5, section 4.8.3.2.1: SLP_EN, with SLP_TYP 0. The type for "soft off" is written in AML
/// (\_S5), which the kernel doesn't interpret; it is 0 on the machine whose port we know.
constexpr std::uint16_t sleep_enable = 1 << 13;
constexpr std::uint16_t q35_sleep_port = 0x604;

/// Reset control register of PCI chipsets (Intel ICH9 datasheet, section 13.7.5): a full reset
/// takes the type first, then the edge.
constexpr std::uint16_t reset_control = 0xcf9;

/// The keyboard controller's command "pulse the reset line".
constexpr std::uint16_t keyboard_command = 0x64;
constexpr std::uint8_t pulse_reset = 0xfe;

} // namespace

void Power::leave_emulator(std::uint8_t code) const {
    if (exit_port_ != 0) out8(exit_port_, code);
}

void Power::off(std::uint8_t code) const {
    leave_emulator(code);
    if (sleep_port_ == q35_sleep_port) out16(sleep_port_, sleep_enable);
    log("the machine does not turn itself off: it is safe to do it by hand");
    halt();
}

void Power::restart() const {
    out8(reset_control, 0x02);
    out8(reset_control, 0x06);
    out8(keyboard_command, pulse_reset);
    halt();
}

} // namespace kernel::arch

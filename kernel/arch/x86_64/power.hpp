#pragma once
// Ending the machine's work: power off, restart, and leaving an emulator with a status.

#include <cstdint>

namespace kernel::arch {

class Power {
public:
    /// The emulator's exit device (QEMU: isa-debug-exit) is at `port`; 0: there is none.
    void use_exit_port(std::uint16_t port) { exit_port_ = port; }
    /// ACPI's sleep control register (PM1a_CNT) is at `port`; 0: unknown.
    void use_sleep_port(std::uint16_t port) { sleep_port_ = port; }

    /// Off. An emulator with an exit device leaves with (code << 1) | 1.
    [[noreturn]] void off(std::uint8_t code) const;
    [[noreturn]] void restart() const;
    /// Returns if there is no exit device.
    void leave_emulator(std::uint8_t code) const;

private:
    std::uint16_t exit_port_ = 0;
    std::uint16_t sleep_port_ = 0;
};

} // namespace kernel::arch

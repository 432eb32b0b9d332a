#pragma once
// The registers of a 16550 (National Semiconductor PC16550D data sheet, section 8), as offsets from
// its first port, and the instructions that reach them.

#include <cstddef>
#include <cstdint>

namespace uart {

constexpr std::size_t fifo_bytes = 16;
constexpr std::uint16_t port_count = 8;

namespace reg {
constexpr std::uint16_t data = 0;             ///< receiver buffer / transmitter holding
constexpr std::uint16_t divisor_low = 0;      ///< while line_control has divisor_access
constexpr std::uint16_t interrupt_enable = 1; ///< (divisor high)
constexpr std::uint16_t divisor_high = 1;
constexpr std::uint16_t interrupt_id = 2; ///< read
constexpr std::uint16_t fifo_control = 2; ///< write
constexpr std::uint16_t line_control = 3;
constexpr std::uint16_t modem_control = 4;
constexpr std::uint16_t line_status = 5;
constexpr std::uint16_t scratch = 7;
} // namespace reg

namespace interrupt_enable {
constexpr std::uint8_t received = 1;
constexpr std::uint8_t transmitter_empty = 2;
} // namespace interrupt_enable

namespace interrupt_id {
constexpr std::uint8_t fifos_enabled = 0xc0;
} // namespace interrupt_id

namespace fifo_control {
constexpr std::uint8_t enable = 1; ///< a change of this bit clears both FIFOs
constexpr std::uint8_t trigger_8 = 0x80;
} // namespace fifo_control

namespace line_control {
constexpr std::uint8_t eight_bits = 3; ///< no parity, one stop bit
constexpr std::uint8_t divisor_access = 0x80;
} // namespace line_control

namespace modem_control {
constexpr std::uint8_t terminal_ready = 1;
constexpr std::uint8_t request_to_send = 2;
constexpr std::uint8_t interrupt_gate = 8; ///< OUT2, which lets the interrupt out on a PC
} // namespace modem_control

namespace line_status {
constexpr std::uint8_t data_ready = 1;
constexpr std::uint8_t transmitter_empty = 0x20; ///< a whole FIFO of bytes may be written
} // namespace line_status

inline std::uint8_t in8(std::uint16_t port) {
    std::uint8_t value;
    asm volatile("inb %1, %0" : "=a"(value) : "d"(port));
    return value;
}

inline void out8(std::uint16_t port, std::uint8_t value) {
    asm volatile("outb %0, %1" ::"a"(value), "d"(port));
}

} // namespace uart

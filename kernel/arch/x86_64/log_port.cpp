#include <kernel/arch/x86_64/log_port.hpp>

#include <kernel/arch/x86_64/instructions.hpp>
#include <kernel/log/log.hpp>

#include <cstdint>

namespace kernel::arch {
namespace {

/// QEMU's and Bochs' debug console: what is written appears, a read answers with the port's number.
constexpr std::uint16_t debug_port = 0xe9;

/// The first serial port; registers of the National 16550.
constexpr std::uint16_t serial_data = 0x3f8;
constexpr std::uint16_t serial_interrupts = 0x3f9;
constexpr std::uint16_t serial_fifo = 0x3fa;
constexpr std::uint16_t serial_format = 0x3fb;
constexpr std::uint16_t serial_status = 0x3fd;
constexpr std::uint8_t transmitter_empty = 0x20;

struct LogPort {
    bool debug = false;
    bool serial = false;
};
constinit LogPort log_port;

void write_serial(char c) {
    // A port that never gets ready (none is there: it reads 0xff, which is ready) can't hang us.
    for (int tries = 0; tries < 100'000; tries++)
        if ((in8(serial_status) & transmitter_empty) != 0) break;
    out8(serial_data, static_cast<std::uint8_t>(c));
}

} // namespace

void find_log_port() { log_port.debug = in8(debug_port) == debug_port; }

void log_to_serial() {
    out8(serial_interrupts, 0);
    out8(serial_format, 0x80); // divisor: 1, 115,200 baud
    out8(serial_data, 1);
    out8(serial_interrupts, 0);
    out8(serial_format, 0x03); // eight bits, no parity, one stop bit
    out8(serial_fifo, 0x01);
    log_port.serial = true;
}

void write_log(std::string_view text) {
    for (char const c : text) {
        if (log_port.debug) out8(debug_port, static_cast<std::uint8_t>(c));
        if (!log_port.serial) continue;
        if (c == '\n') write_serial('\r');
        write_serial(c);
    }
}

} // namespace kernel::arch

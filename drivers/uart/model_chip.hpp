#pragma once
// A 16550 for tests: FIFOs, divisor latch and the habits that a driver must know. What the wire
// brings waits outside until the FIFO has room, as the emulator does it.

#include <drivers/uart/chip.hpp>

#include <cstdint>
#include <string>

namespace uart {

struct ModelChip {
    static constexpr std::uint16_t base = 0x3f8;

    std::string arriving; ///< not yet in the FIFO
    std::string sent;
    std::string received_fifo;
    std::string transmit_fifo;
    std::uint8_t fifo_control = fifo_control::enable;
    std::uint8_t line_control = 0;
    std::uint8_t interrupt_enable = 0;
    std::uint8_t scratch = 0;
    std::uint16_t divisor = 12;
    bool overrun = false; ///< the driver wrote to a full transmitter

    bool operator==(ModelChip const&) const = default;

    std::size_t depth() const {
        return (fifo_control & fifo_control::enable) != 0 ? fifo_bytes : 1;
    }
    bool latch() const { return (line_control & line_control::divisor_access) != 0; }

    void refill() {
        while (!arriving.empty() && received_fifo.size() < depth()) {
            received_fifo += arriving.front();
            arriving.erase(0, 1);
        }
    }

    /// Time passes, and the wire takes what the transmitter has.
    void drain() {
        sent += transmit_fifo;
        transmit_fifo.clear();
    }

    std::uint8_t in(std::uint16_t port) {
        refill();
        switch (port - base) {
        case reg::data: {
            if (latch()) return static_cast<std::uint8_t>(divisor);
            if (received_fifo.empty()) return 0xee; // nothing a test expects
            auto const byte = static_cast<std::uint8_t>(received_fifo.front());
            received_fifo.erase(0, 1);
            return byte;
        }
        case reg::interrupt_enable:
            return latch() ? static_cast<std::uint8_t>(divisor >> 8) : interrupt_enable;
        case reg::interrupt_id: return depth() == fifo_bytes ? 0xc1 : 1;
        case reg::line_status: {
            std::uint8_t status = received_fifo.empty() ? 0 : line_status::data_ready;
            if (transmit_fifo.empty()) status |= line_status::transmitter_empty;
            return status;
        }
        case reg::scratch: return scratch;
        default: return 0;
        }
    }

    void out(std::uint16_t port, std::uint8_t value) {
        switch (port - base) {
        case reg::data:
            if (latch()) {
                divisor = static_cast<std::uint16_t>((divisor & 0xff00) | value);
            } else {
                overrun = overrun || transmit_fifo.size() == depth();
                transmit_fifo += static_cast<char>(value);
            }
            break;
        case reg::interrupt_enable:
            if (latch())
                divisor = static_cast<std::uint16_t>((divisor & 0xff) | value << 8);
            else
                interrupt_enable = value;
            break;
        case reg::fifo_control:
            if (((value ^ fifo_control) & fifo_control::enable) != 0 || (value & 6) != 0) {
                received_fifo.clear();
                transmit_fifo.clear();
            }
            fifo_control = value;
            break;
        case reg::line_control: line_control = value; break;
        case reg::scratch: scratch = value; break;
        default: break;
        }
    }
};

} // namespace uart

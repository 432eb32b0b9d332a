// The life of one chip. Every step may be the last one of this incarnation: whatever is set here is
// set again from any state by the next.

#include <drivers/uart/uart.hpp>

#include <drivers/uart/chip.hpp>
#include <drivers/uart/window.hpp>

#include <algorithm>
#include <array>

namespace uart {

namespace {

constexpr std::uint8_t divisor = 1; // 115,200 bits a second

} // namespace

bool Uart::present(std::uint16_t base) {
    out8(base + reg::line_control, line_control::eight_bits);
    return std::ranges::all_of(std::array<std::uint8_t, 2>{0x5a, 0xa5}, [base](auto pattern) {
        out8(base + reg::scratch, pattern);
        return in8(base + reg::scratch) == pattern;
    });
}

Uart::Uart(std::uint16_t base, protocols::line::Line& line, protocols::line::Memory::Data& data)
    : base_(base), line_(&line), received_(line.received, data.received),
      to_send_(line.to_send, data.to_send) {}

void Uart::start() {
    // First of all: a predecessor may have died with the divisor in place of the data port.
    out8(base_ + reg::line_control, line_control::eight_bits);
    out8(base_ + reg::interrupt_enable, 0);
    set_speed();
    auto const fifos_enabled = [this] {
        return (in8(base_ + reg::interrupt_id) & interrupt_id::fifos_enabled) ==
               interrupt_id::fifos_enabled;
    };
    // Turning the FIFOs on clears them: take what is there. Nobody has asked for input yet.
    if (!fifos_enabled()) receive();
    out8(base_ + reg::fifo_control, fifo_control::enable | fifo_control::trigger_8);
    burst_ = fifos_enabled() ? fifo_bytes : 1;
    out8(base_ + reg::modem_control, modem_control::terminal_ready |
                                         modem_control::request_to_send |
                                         modem_control::interrupt_gate);
    started_ = true;
}

bool Uart::service() {
    if (!started_) start();
    out8(base_ + reg::interrupt_enable, 0);
    bool moved = false;
    do {
        while (receive() + transmit() > 0) moved = true;
    } while (!settle());
    // Where nothing moved nobody is woken, or two idle peers would wake each other for ever.
    if (!moved) return false;
    // A writer that waits for room is woken once, for half a ring, rather than at every burst.
    bool const wake_reader = received_.claim_wake();
    bool const roomy = to_send_.available(to_send_.capacity()) <= to_send_.capacity() / 2;
    return (roomy && to_send_.claim_wake()) || wake_reader;
}

void Uart::listen() { out8(base_ + reg::interrupt_enable, enable_); }

std::size_t Uart::receive() {
    auto const space = received_.space();
    if (space.empty()) return 0;
    auto const count = uart_receive(base_ + reg::data, space.data(), space.size(),
                                    received_.position(), &line_->received.produced);
    received_.fill(count);
    received_.publish();
    return count;
}

std::size_t Uart::transmit() {
    auto const bytes = to_send_.bytes();
    if (bytes.empty()) return 0;
    if ((in8(base_ + reg::line_status) & line_status::transmitter_empty) == 0) return 0;
    auto const count =
        uart_transmit(base_ + reg::data, bytes.data(), std::min(bytes.size(), burst_),
                      to_send_.position(), &line_->to_send.consumed);
    to_send_.take(count);
    to_send_.acknowledge();
    return count;
}

bool Uart::settle() {
    enable_ = 0;
    bool idle = true;
    if (received_.free() > 0)
        enable_ |= interrupt_enable::received;
    else
        idle = received_.prepare_sleep();
    if (to_send_.available() > 0)
        enable_ |= interrupt_enable::transmitter_empty;
    else
        idle = to_send_.prepare_sleep() && idle;
    return idle;
}

void Uart::set_speed() {
    out8(base_ + reg::line_control, line_control::eight_bits | line_control::divisor_access);
    // Writing the divisor restarts the clock in the middle of a byte: only where it differs.
    if (in8(base_ + reg::divisor_low) != divisor || in8(base_ + reg::divisor_high) != 0) {
        out8(base_ + reg::divisor_low, divisor);
        out8(base_ + reg::divisor_high, 0);
    }
    out8(base_ + reg::line_control, line_control::eight_bits);
}

} // namespace uart

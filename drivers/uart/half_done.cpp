// Reads the registers as the table in window.S has them.

#include <drivers/uart/half_done.hpp>

#include <drivers/uart/chip.hpp>
#include <drivers/uart/window_magic.h>

namespace uart {

std::optional<HalfDone> half_done(abi::RegisterFile const& registers) {
    auto const port = static_cast<std::uint16_t>(registers.r9);
    if (registers.r15 == UART_TRANSMIT_MAGIC)
        return HalfDone{port, Direction::transmit, registers.rsi + registers.rbx};
    if (registers.r15 == UART_RECEIVE_MAGIC)
        return HalfDone{port, Direction::receive, registers.rdi + registers.rbx};
    return std::nullopt;
}

void complete(HalfDone const& step, protocols::line::Line& line) {
    bool const sent = step.direction == Direction::transmit;
    auto& stored = sent ? line.to_send.consumed : line.received.produced;
    // Release, as for any position: it covers the bytes that the predecessor stored before it died.
    if (step.position - stored.load(std::memory_order_relaxed) <= (sent ? fifo_bytes : 1))
        stored.store(step.position, std::memory_order_release);
}

} // namespace uart

#pragma once
// The driver as a whole: the lines that the start page grants and the machine has.

#include <drivers/uart/half_done.hpp>
#include <drivers/uart/uart.hpp>
#include <runtime/object/interrupt.hpp>
#include <runtime/start_page.hpp>

#include <array>
#include <optional>

namespace uart {

class Driver {
public:
    /// Takes the lines over, with what a predecessor left half done. No byte moves yet.
    Driver(runtime::Start start, protocols::Session const& session);

    /// What wakes it: interrupts and the console.
    abi::Word events() const { return events_; }
    /// Serve all lines that these events concern.
    void handle(abi::Word signals);

private:
    struct Served {
        Uart uart;
        runtime::Interrupt interrupt;
        abi::Word bits;
    };

    protocols::Session const* session_;
    std::array<std::optional<Served>, protocols::line::lines> lines_;
    abi::Word events_;

    void take_over(runtime::Start start, protocols::line::Number number,
                   std::optional<HalfDone> const& half);
};

} // namespace uart

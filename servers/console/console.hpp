#pragma once
// The lines of a driver on one side, the terminals of a user on the other: two pumps for each pair,
// and the window size.

#include <servers/console/pump.hpp>

#include <array>

namespace console {

class Console {
public:
    /// Takes over whatever a predecessor left in the sessions' memory.
    Console(protocols::line::Memory& lines, protocols::terminal::Memory& terminals);

    struct Wakes {
        bool driver = false;
        bool user = false;
    };
    /// Carry all there is to carry. The caller signals, and may then sleep.
    Wakes run();

private:
    struct Pair {
        protocols::line::Line& line;
        protocols::terminal::Terminal& terminal;
        Pump input;
        Pump output;
    };

    std::array<Pair, protocols::line::lines> pairs_;

    static Pair pair(protocols::line::Memory& lines, protocols::terminal::Memory& terminals,
                     protocols::line::Number number);
};

} // namespace console

#include <servers/console/console.hpp>

namespace console {

Console::Console(protocols::line::Memory& lines, protocols::terminal::Memory& terminals)
    : pairs_{pair(lines, terminals, protocols::line::Number::console),
             pair(lines, terminals, protocols::line::Number::command)} {}

Console::Pair Console::pair(protocols::line::Memory& lines, protocols::terminal::Memory& terminals,
                            protocols::line::Number number) {
    auto const index = static_cast<std::size_t>(number);
    auto& line = lines.line[index];
    auto& terminal = terminals.terminal[index];
    auto& line_data = lines.data[index];
    auto& terminal_data = terminals.data[index];
    return {line, terminal,
            Pump({line.received, line_data.received}, {terminal.input, terminal_data.input},
                 terminal.input_record),
            Pump({terminal.output, terminal_data.output}, {line.to_send, line_data.to_send},
                 terminal.output_record)};
}

Console::Wakes Console::run() {
    Wakes wakes;
    for (auto& [line, terminal, input, output] : pairs_) {
        auto const in = input.run();
        auto const out = output.run();
        wakes.driver = wakes.driver || in.source || out.destination;
        wakes.user = wakes.user || in.destination || out.source;
        if (auto const size = line.window.load(); size != terminal.window.load()) {
            terminal.window.store(size);
            wakes.user = true;
        }
    }
    return wakes;
}

} // namespace console

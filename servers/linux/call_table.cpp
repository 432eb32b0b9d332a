#include <servers/linux/call_table.hpp>

#include <servers/linux/calls.hpp>

#include <algorithm>
#include <array>

namespace personality {

namespace {

constexpr std::size_t numbers = 512;
using Handler = Outcome (*)(Call&);

Outcome not_there(Call&) { return Errno::nosys; }

constexpr auto handlers = [] {
    std::array<Handler, numbers> table{};
    table.fill(not_there);
    for (auto const& line : call_lines)
        if (line.handler != nullptr) table[line.number] = line.handler;
    return table;
}();

static_assert(std::ranges::is_sorted(call_lines, {}, &CallLine::number));
static_assert(std::ranges::adjacent_find(call_lines, {}, &CallLine::number) ==
              std::ranges::end(call_lines));

} // namespace

Outcome run_handler(Call& call) {
    return call.number < numbers ? handlers[call.number](call) : not_there(call);
}

} // namespace personality

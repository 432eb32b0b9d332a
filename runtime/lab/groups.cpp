#include <runtime/lab/groups.hpp>

#include <runtime/lab/kit.hpp>
#include <runtime/lab/outcome.hpp>

namespace lab {

int run_groups(std::span<Group const> groups, std::string_view last) {
    auto const only = argument("only=");
    for (auto const& group : groups)
        if (group.name.starts_with(only)) group.run();
    {
        Outcome const reached(last);
    }
    return kit().control.power_off().has_value() ? 0 : 1;
}

} // namespace lab

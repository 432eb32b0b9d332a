#pragma once
// What a program of tests consists of: groups, of which `only=` runs those whose names begin so.

#include <span>
#include <string_view>

namespace lab {

struct Group {
    std::string_view name;
    void (*run)();
};

/// The groups that are asked for, the test `last`, which passes if it is reached, and the end of
/// the system. What main() returns.
int run_groups(std::span<Group const> groups, std::string_view last);

} // namespace lab

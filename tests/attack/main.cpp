// Attacks the kernel from inside with everything that a native program can do, as the first process
// of a system that has nothing else. Whatever comes of it is a TEST line of the log; that the last
// line comes at all is the main result.

#include <tests/attack/attacks.hpp>

#include <runtime/lab/groups.hpp>

namespace {

constexpr lab::Group groups[] = {
    {"attack/targets", attack::attack_targets},
    {"attack/arguments", attack::attack_arguments},
    {"attack/numbers", attack::attack_numbers},
    {"attack/messages", attack::attack_messages},
    {"attack/foreign", attack::attack_foreign},
    {"attack/registers", attack::attack_registers},
    {"attack/instructions", attack::attack_instructions},
    {"attack/memory", attack::attack_memory},
    {"attack/processes", attack::attack_processes},
    {"attack/derivation", attack::attack_derivation},
    {"attack/time", attack::attack_time},
    {"attack/device", attack::attack_by_device},
    {"attack/processors", attack::attack_processors},
    {"attack/random", attack::attack_randomly},
    {"attack/crowd", attack::attack_in_a_crowd},
};

} // namespace

int main() { return lab::run_groups(groups, "attack/the-system-is-still-there"); }

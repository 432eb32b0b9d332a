#pragma once
// struct rusage and what fills it.

#include <cstdint>

namespace personality {

class Process;

struct TimeValue { // struct timeval
    std::int64_t seconds, microseconds;
    static constexpr TimeValue of(std::uint64_t ns) {
        return {static_cast<std::int64_t>(ns / 1'000'000'000),
                static_cast<std::int64_t>(ns % 1'000'000'000 / 1000)};
    }
};

struct ResourceUsage { // struct rusage
    TimeValue user, system;
    std::int64_t largest_resident, unused[3];
    std::int64_t minor_faults, major_faults, swaps, blocks_in, blocks_out, messages[2], signals;
    std::int64_t voluntary_switches, involuntary_switches;
};
static_assert(sizeof(ResourceUsage) == 144);

ResourceUsage usage(std::uint64_t user_ns, std::uint64_t system_ns);

/// Processor time of all tasks of a process, those that have ended included. The kernel counts one
/// time for both: what a program computes and what is done for it.
std::uint64_t processor_time(Process& process);

} // namespace personality

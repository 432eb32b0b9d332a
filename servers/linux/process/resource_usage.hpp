#pragma once
// struct rusage and what fills it.

#include <servers/linux/process/resource_count.hpp>

#include <cstdint>

namespace personality {

class Process;
class Task;

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

ResourceUsage usage(ResourceCount const& count);

/// Of a task; of all tasks of a process, those that have ended included; of a process with the
/// children it has waited for.
ResourceCount count_of(Task& task);
ResourceCount count_of(Process& process);
ResourceCount count_of_family(Process& process);
/// The program's memory is about to go.
void remember_resident(Process& process);
/// Processor time of all tasks of a process.
std::uint64_t processor_time(Process& process);

} // namespace personality

#pragma once
// The clocks that programs name: those of the machine, and the processor time of processes and
// threads.

#include <servers/linux/errno.hpp>
#include <servers/linux/process/task_table.hpp>

#include <cstdint>

namespace personality {

class Process;
class Task;

enum ClockId : std::int32_t {
    clock_realtime = 0,
    clock_monotonic = 1,
    clock_process_time = 2,
    clock_thread_time = 3,
    clock_monotonic_raw = 4,
    clock_realtime_coarse = 5,
    clock_monotonic_coarse = 6,
    clock_boottime = 7,
    clock_realtime_alarm = 8,
    clock_boottime_alarm = 9,
    clock_tai = 11,
};

constexpr bool runs_with_realtime(std::int32_t clock) {
    return clock == clock_realtime || clock == clock_realtime_coarse ||
           clock == clock_realtime_alarm || clock == clock_tai;
}
/// Processor time: of the caller, or of whom the number names.
constexpr bool counts_processor_time(std::int32_t clock) {
    return clock < 0 || clock == clock_process_time || clock == clock_thread_time;
}

/// Whose time a clock counts.
struct TimeOwner {
    Process* process = nullptr;
    Task* task = nullptr; ///< none: all tasks of the process
    std::uint64_t used() const;
};
/// EINVAL: there is no such clock, or not for this process. `self` is the task that asks.
Result<TimeOwner> time_owner(Process& asking, Task* self, std::int32_t clock);
/// The same clock by a number that means it from everywhere in the process.
std::int32_t named_clock(Task const& task, std::int32_t clock);

Result<std::uint64_t> read_clock(Task& task, std::int32_t clock);

} // namespace personality

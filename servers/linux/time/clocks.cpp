#include <servers/linux/time/clocks.hpp>

#include <servers/linux/process/process.hpp>
#include <servers/linux/process/resource_usage.hpp>
#include <servers/linux/system.hpp>

namespace personality {

namespace {

// ~id << 3 | kind: as Linux makes numbers of clocks (MAKE_PROCESS_CPUCLOCK). The three kinds count
// the same here: the kernel does not tell what a program computes from what is done for it.
constexpr std::int32_t per_thread = 4, kind_mask = 3, last_kind = 2;

constexpr std::int32_t clock_number(Pid id, std::int32_t kind) {
    return static_cast<std::int32_t>(~static_cast<std::uint32_t>(id) << 3) | kind;
}

} // namespace

std::uint64_t TimeOwner::used() const {
    if (task == nullptr) return processor_time(*process);
    return task->thread ? process->system.machine.processor_time(task->thread) : 0;
}

Result<TimeOwner> time_owner(Process& asking, Task* self, std::int32_t clock) {
    if (clock == clock_process_time) return TimeOwner{&asking, nullptr};
    if (clock == clock_thread_time && self != nullptr) return TimeOwner{&asking, self};
    if (clock >= 0 || (clock & kind_mask) > last_kind) return fail(Errno::inval);
    auto const id = ~(clock >> 3);
    auto const& tasks = asking.system.tasks;
    if ((clock & per_thread) != 0) {
        auto* const task = id == 0 ? self : tasks.task(id);
        if (task == nullptr || &task->process != &asking || !task->thread)
            return fail(Errno::inval);
        return TimeOwner{&asking, task};
    }
    auto* const process = id == 0 ? &asking : tasks.process(id);
    if (process == nullptr || process->init()) return fail(Errno::inval);
    return TimeOwner{process, nullptr};
}

std::int32_t named_clock(Task const& task, std::int32_t clock) {
    if (clock == clock_process_time) return clock_number(task.process.pid, last_kind);
    if (clock == clock_thread_time) return clock_number(task.tid, last_kind | per_thread);
    if (clock < 0 && clock >> 3 == ~0)
        return clock_number((clock & per_thread) != 0 ? task.tid : task.process.pid, clock & 7);
    return clock;
}

Result<std::uint64_t> read_clock(Task& task, std::int32_t clock) {
    Clock const& clocks = task.environment().clock;
    switch (clock) {
    case clock_realtime:
    case clock_realtime_coarse:
    case clock_realtime_alarm:
    case clock_tai: return clocks.realtime();
    case clock_monotonic:
    case clock_monotonic_raw:
    case clock_monotonic_coarse:
    case clock_boottime:
    case clock_boottime_alarm: return clocks.monotonic();
    default: return TRY(time_owner(task.process, &task, clock)).used();
    }
}

} // namespace personality

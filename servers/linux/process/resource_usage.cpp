#include <servers/linux/process/resource_usage.hpp>

#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/system.hpp>

namespace personality {

ResourceUsage usage(ResourceCount const& count) {
    ResourceUsage result{};
    result.user = TimeValue::of(count.used_ns);
    result.largest_resident = static_cast<std::int64_t>(count.resident * (page_bytes / 1024));
    result.minor_faults = static_cast<std::int64_t>(count.faults);
    result.voluntary_switches = static_cast<std::int64_t>(count.waits);
    return result;
}

ResourceCount count_of(Task& task) {
    auto count = task.counts;
    if (task.thread) count.used_ns = task.system().machine.processor_time(task.thread);
    return count;
}

ResourceCount count_of(Process& process) {
    auto count = process.ended;
    for (auto& task : process.tasks)
        if (task.thread) count.add(count_of(task));
    count.resident = process.largest_resident;
    if (process.memory)
        count.resident = std::max<std::uint64_t>(count.resident, process.memory->most_resident());
    return count;
}

ResourceCount count_of_family(Process& process) {
    auto count = count_of(process);
    count.add(process.children_count);
    return count;
}

void remember_resident(Process& process) { process.largest_resident = count_of(process).resident; }

std::uint64_t processor_time(Process& process) {
    std::uint64_t total = process.ended.used_ns;
    for (auto& task : process.tasks)
        if (task.thread) total += process.system.machine.processor_time(task.thread);
    return total;
}

} // namespace personality

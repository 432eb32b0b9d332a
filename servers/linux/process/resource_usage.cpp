#include <servers/linux/process/resource_usage.hpp>

#include <servers/linux/process/process.hpp>
#include <servers/linux/system.hpp>

namespace personality {

ResourceUsage usage(std::uint64_t user_ns, std::uint64_t system_ns) {
    ResourceUsage result{};
    result.user = TimeValue::of(user_ns);
    result.system = TimeValue::of(system_ns);
    return result;
}

std::uint64_t processor_time(Process& process) {
    std::uint64_t total = process.user_ns;
    for (auto& task : process.tasks)
        if (task.thread) total += process.system.machine.processor_time(task.thread);
    return total;
}

} // namespace personality

// The files of /proc that tell of the machine and of the container as a whole.

#include <servers/linux/fs/file_system.hpp>
#include <servers/linux/fs/generated/text.hpp>
#include <servers/linux/fs/proc/proc_mounts.hpp>
#include <servers/linux/fs/proc/proc_static.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/process/resource_usage.hpp>
#include <servers/linux/system.hpp>

#include <array>
#include <cpuid.h>
#include <cstring>

namespace personality {

namespace {

constexpr std::uint64_t tick = 10'000'000; // ns; USER_HZ is 100

std::uint64_t used_time(System& system) {
    std::uint64_t total = 0;
    for (auto* process = system.tasks.first(); process != nullptr; process = process->next_process)
        total += processor_time(*process);
    return total;
}

std::uint64_t running_tasks(System& system) {
    std::uint64_t running = 0;
    for (auto* process = system.tasks.first(); process != nullptr; process = process->next_process)
        for (auto& task : process->tasks) running += task.state == Task::State::running;
    return running;
}

Result<> meminfo(System& system, Text& text) {
    auto const& frames = system.environment.frames;
    constexpr std::uint64_t kilobytes = page_bytes / 1024;
    auto const line = [&](std::string_view name, std::uint64_t value) {
        text.put(name).put(':');
        for (auto width = name.size(); width < 15; width++) text.put(' ');
        text.decimal(value, 9).put(" kB\n");
    };
    line("MemTotal", frames.total() * kilobytes);
    line("MemFree", frames.free() * kilobytes);
    line("MemAvailable", frames.free() * kilobytes);
    for (auto name : {"Buffers", "Cached", "SwapCached", "Active", "Inactive", "SwapTotal",
                      "SwapFree", "Dirty", "Writeback", "AnonPages", "Mapped", "Shmem", "Slab",
                      "SReclaimable", "SUnreclaim", "PageTables", "CommitLimit", "Committed_AS"})
        line(name, 0);
    return {};
}

Result<> stat(System& system, Text& text) {
    auto const busy = used_time(system) / tick;
    auto const up = system.now() / tick;
    auto const idle = up > busy ? up - busy : 0;
    for (auto name : {"cpu ", "cpu0"})
        text.put(name).put(' ').decimal(busy).put(" 0 0 ").decimal(idle).put(" 0 0 0 0 0 0\n");
    auto const begun = (system.environment.clock.realtime() - system.now()) / 1'000'000'000;
    text.put("intr 0\nctxt 0\nbtime ").decimal(begun);
    text.put("\nprocesses ").decimal(system.forks);
    text.put("\nprocs_running ").decimal(running_tasks(system));
    text.put("\nprocs_blocked 0\nsoftirq 0 0 0 0 0 0 0 0 0 0 0\n");
    return {};
}

Result<> uptime(System& system, Text& text) {
    auto const busy = used_time(system);
    text.seconds(system.now()).put(' ');
    text.seconds(system.now() > busy ? system.now() - busy : 0).put('\n');
    return {};
}

Result<> loadavg(System& system, Text& text) {
    for (auto load : system.load) {
        constexpr std::uint64_t one = 1 << 16;
        text.seconds(load * 1'000'000'000 / one).put(' ');
    }
    text.decimal(running_tasks(system)).put('/').decimal(system.tasks.task_count()).put(' ');
    std::int64_t newest = 0;
    if (auto const* const process = system.tasks.first()) newest = process->pid;
    text.integer(newest).put('\n');
    return {};
}

Result<> cpuinfo(System&, Text& text) {
    std::array<unsigned, 13> words{};
    for (unsigned leaf = 0; leaf < 3; leaf++)
        __get_cpuid(0x8000'0002 + leaf, &words[leaf * 4], &words[leaf * 4 + 1],
                    &words[leaf * 4 + 2], &words[leaf * 4 + 3]);
    std::array<char, 13> vendor{};
    unsigned highest = 0, b = 0, c = 0, d = 0;
    __get_cpuid(0, &highest, &b, &c, &d);
    std::memcpy(vendor.data(), &b, 4);
    std::memcpy(vendor.data() + 4, &d, 4);
    std::memcpy(vendor.data() + 8, &c, 4);
    text.put("processor\t: 0\nvendor_id\t: ").put(vendor.data());
    text.put("\nmodel name\t: ").put(reinterpret_cast<char const*>(words.data()));
    text.put(
        "\nsiblings\t: 1\ncpu cores\t: 1\nfpu\t\t: yes\nflags\t\t: fpu tsc msr cx8 cmov mmx fxsr "
        "sse sse2 syscall nx lm\nbogomips\t: 0.00\n\n");
    return {};
}

Result<> version(System&, Text& text) {
    text.put("Linux version 6.1.0-skerry (skerry) (clang) #1 SMP\n");
    return {};
}

Result<> filesystems(System&, Text& text) {
    text.put("nodev\ttmpfs\nnodev\tramfs\nnodev\tproc\n");
    return {};
}

Result<> swaps(System&, Text& text) {
    text.put("Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n");
    return {};
}

Result<> devices(System&, Text& text) {
    text.put("Character devices:\n  1 mem\n  4 ttyS\n  5 /dev/tty\n  5 /dev/console\n\n"
             "Block devices:\n");
    return {};
}

Result<> cmdline(System&, Text& text) {
    text.put("\n");
    return {};
}

Result<> partitions(System&, Text& text) {
    text.put("major minor  #blocks  name\n\n");
    return {};
}

Result<> all_mounts(System& system, Text& text) { return render_mounts(*system.files, text); }

constexpr auto items = std::to_array<ProcItem>({
    {"cmdline", cmdline},
    {"cpuinfo", cpuinfo},
    {"devices", devices},
    {"filesystems", filesystems},
    {"loadavg", loadavg},
    {"meminfo", meminfo},
    {"mounts", all_mounts},
    {"partitions", partitions},
    {"stat", stat},
    {"swaps", swaps},
    {"uptime", uptime},
    {"version", version},
});

} // namespace

std::span<ProcItem const> proc_items() { return items; }

} // namespace personality

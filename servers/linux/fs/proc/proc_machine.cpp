// The files of /proc that tell of the machine and of the container as a whole.

#include <servers/linux/fs/file_system.hpp>
#include <servers/linux/fs/generated/text.hpp>
#include <servers/linux/fs/proc/proc_mounts.hpp>
#include <servers/linux/fs/proc/proc_static.hpp>
#include <servers/linux/fs/volume.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/process/resource_usage.hpp>
#include <servers/linux/system.hpp>

#include <array>
#include <bitset>
#include <cpuid.h>
#include <cstring>

namespace personality {

namespace {

constexpr std::uint64_t tick = 10'000'000; // ns; USER_HZ is 100

std::uint64_t used_time(System& system) {
    std::uint64_t total = 0;
    for (std::uint32_t i = 0; i < system.processors.count(); i++)
        total += system.processors.used(i);
    return total;
}

std::uint64_t running_tasks(System& system) {
    std::uint64_t running = 0;
    for (auto* process = system.tasks.first(); process != nullptr; process = process->next_process)
        for (auto& task : process->tasks)
            running += !process->init() && task.state == Task::State::running;
    return running;
}

/// What the in-memory volumes hold; one that is mounted twice counts once.
std::uint64_t pages_of_files(System& system) {
    std::uint64_t pages = 0;
    std::bitset<1024> seen;
    system.files->mounts.each([&](Mount& mount) {
        auto const& volume = mount.volume();
        auto const minor = volume.device.minor;
        bool const in_memory = volume.type == "tmpfs" || volume.type == "ramfs";
        if (!in_memory || minor >= seen.size() || seen.test(minor)) return;
        seen.set(minor);
        auto const numbers = volume.statistics();
        pages += numbers.blocks - numbers.blocks_free;
    });
    return pages;
}

Result<> meminfo(System& system, Text& text) {
    auto const& frames = system.environment.frames;
    constexpr std::uint64_t kilobytes = page_bytes / 1024;
    auto const line = [&](std::string_view name, std::uint64_t value) {
        text.put(name).put(':');
        for (auto width = name.size(); width < 15; width++) text.put(' ');
        text.decimal(value, 9).put(" kB\n");
    };
    // Files are memory: they can't go to make room, so they are not available.
    auto const files = pages_of_files(system), names = system.files->memory.pages();
    auto const used = frames.total() - frames.free();
    auto const programs = used > files + names ? used - files - names : 0;
    std::uint64_t promised = 0;
    for (auto* process = system.tasks.first(); process != nullptr; process = process->next_process)
        if (process->memory) promised += process->memory->total_pages();
    struct Line {
        std::string_view name;
        std::uint64_t pages;
    };
    auto const lines = std::to_array<Line>({{"MemTotal", frames.total()},
                                            {"MemFree", frames.free()},
                                            {"MemAvailable", frames.free()},
                                            {"Buffers", 0},
                                            {"Cached", files},
                                            {"SwapCached", 0},
                                            {"Active", programs},
                                            {"Inactive", files},
                                            {"Active(anon)", programs},
                                            {"Inactive(anon)", files},
                                            {"Active(file)", 0},
                                            {"Inactive(file)", 0},
                                            {"Unevictable", 0},
                                            {"Mlocked", 0},
                                            {"SwapTotal", 0},
                                            {"SwapFree", 0},
                                            {"Dirty", 0},
                                            {"Writeback", 0},
                                            {"AnonPages", programs},
                                            {"Mapped", 0},
                                            {"Shmem", files},
                                            {"KReclaimable", 0},
                                            {"Slab", names},
                                            {"SReclaimable", 0},
                                            {"SUnreclaim", names},
                                            {"KernelStack", 0},
                                            {"PageTables", 0},
                                            {"Bounce", 0},
                                            {"CommitLimit", frames.total()},
                                            {"Committed_AS", promised},
                                            {"VmallocTotal", 0},
                                            {"VmallocUsed", 0}});
    for (auto const& [name, pages] : lines) line(name, pages * kilobytes);
    text.put("HugePages_Total:       0\nHugePages_Free:        0\nHugepagesize:       2048 kB\n");
    return {};
}

Result<> stat(System& system, Text& text) {
    auto const count = system.processors.count();
    auto const line = [&](std::uint64_t used_ns, std::uint64_t up_ns) {
        auto const idle = up_ns > used_ns ? up_ns - used_ns : 0;
        text.put(' ').decimal(used_ns / tick).put(" 0 0 ").decimal(idle / tick);
        text.put(" 0 0 0 0 0 0\n");
    };
    text.put("cpu ");
    line(used_time(system), system.now() * count);
    for (std::uint32_t i = 0; i < count; i++) {
        text.put("cpu").decimal(i);
        line(system.processors.used(i), system.now());
    }
    auto const begun = (system.environment.clock.realtime() - system.now()) / 1'000'000'000;
    text.put("intr 0\nctxt 0\nbtime ").decimal(begun);
    text.put("\nprocesses ").decimal(system.forks);
    text.put("\nprocs_running ").decimal(running_tasks(system));
    text.put("\nprocs_blocked 0\nsoftirq 0 0 0 0 0 0 0 0 0 0 0\n");
    return {};
}

Result<> uptime(System& system, Text& text) {
    auto const busy = used_time(system), all = system.now() * system.processors.count();
    text.seconds(system.now()).put(' ');
    text.seconds(all > busy ? all - busy : 0).put('\n');
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

Result<> cpuinfo(System& system, Text& text) {
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
    auto const count = system.processors.count();
    for (std::uint32_t i = 0; i < count; i++) {
        text.put("processor\t: ").decimal(i).put("\nvendor_id\t: ").put(vendor.data());
        text.put("\nmodel name\t: ").put(reinterpret_cast<char const*>(words.data()));
        text.put("\nphysical id\t: 0\nsiblings\t: ").decimal(count);
        text.put("\ncore id\t\t: ").decimal(i).put("\ncpu cores\t: ").decimal(count);
        text.put("\nfpu\t\t: yes\nflags\t\t: fpu tsc msr cx8 cmov mmx fxsr sse sse2 syscall nx "
                 "lm\nbogomips\t: 0.00\n\n");
    }
    return {};
}

Result<> version(System&, Text& text) {
    text.put("Linux version 6.1.0-skerry (skerry) (clang) #1 SMP\n");
    return {};
}

Result<> filesystems(System&, Text& text) {
    for (auto name : {"sysfs", "tmpfs", "proc", "pipefs", "ramfs", "devpts"})
        text.put("nodev\t").put(name).put('\n');
    return {};
}

Result<> swaps(System&, Text& text) {
    text.put("Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n");
    return {};
}

Result<> devices(System&, Text& text) {
    text.put("Character devices:\n  1 mem\n  4 ttyS\n  5 /dev/tty\n  5 /dev/console\n"
             "  5 /dev/ptmx\n128 ptm\n136 pts\n\nBlock devices:\n");
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

Result<> vmstat(System& system, Text& text) {
    auto const& frames = system.environment.frames;
    auto const files = pages_of_files(system), names = system.files->memory.pages();
    auto const used = frames.total() - frames.free();
    std::uint64_t faults = 0;
    for (auto* process = system.tasks.first(); process != nullptr; process = process->next_process)
        faults += count_of(*process).faults;
    auto const line = [&](std::string_view name, std::uint64_t value) {
        text.put(name).put(' ').decimal(value).put('\n');
    };
    line("nr_free_pages", frames.free());
    line("nr_inactive_anon", files);
    line("nr_active_anon", used > files + names ? used - files - names : 0);
    line("nr_file_pages", files);
    line("nr_shmem", files);
    line("nr_slab_unreclaimable", names);
    for (auto name : {"nr_dirty", "nr_writeback", "pgpgin", "pgpgout", "pswpin", "pswpout"})
        line(name, 0);
    line("pgfault", faults); // of the programs there are now
    for (auto name : {"pgmajfault", "oom_kill"}) line(name, 0);
    return {};
}

/// The headings; the kernel keeps its counts to itself.
Result<> head_line(System& system, std::string_view before, Text& text) {
    text.put(before);
    for (std::uint32_t i = 0; i < system.processors.count(); i++)
        text.put("CPU").decimal(i).put(i < 10 ? "       " : "      ");
    text.put('\n');
    return {};
}

Result<> interrupts(System& system, Text& text) { return head_line(system, "           ", text); }

Result<> softirqs(System& system, Text& text) {
    return head_line(system, "                    ", text);
}

/// Of what there is nothing.
Result<> nothing(System&, Text&) { return {}; }

Result<> consoles(System&, Text& text) {
    text.put("ttyS0                -W- (EC  p a)    4:64\n");
    return {};
}

Result<> terminal_drivers(System&, Text& text) {
    text.put("/dev/tty             /dev/tty        5       0 system:/dev/tty\n"
             "/dev/console         /dev/console    5       1 system:console\n"
             "/dev/ptmx            /dev/ptmx       5       2 system\n"
             "serial               /dev/ttyS       4 64-65 serial\n"
             "pty_slave            /dev/pts      136 0-255 pty:slave\n"
             "pty_master           /dev/ptm      128 0-255 pty:master\n");
    return {};
}

constexpr auto terminal_items = std::to_array<ProcItem>({
    {"drivers", terminal_drivers},
});

Result<> all_mounts(System& system, Text& text) { return render_mounts(*system.files, text); }

constexpr auto items = std::to_array<ProcItem>({
    {"cmdline", cmdline},
    {"consoles", consoles},
    {"cpuinfo", cpuinfo},
    {"devices", devices},
    {"diskstats", nothing},
    {"filesystems", filesystems},
    {"interrupts", interrupts},
    {"loadavg", loadavg},
    {"locks", nothing},
    {"meminfo", meminfo},
    {"misc", nothing},
    {"modules", nothing},
    {"mounts", all_mounts},
    {.name = "net", .target = "self/net"},
    {"partitions", partitions},
    {"softirqs", softirqs},
    {"stat", stat},
    {"swaps", swaps},
    {.name = "tty", .children = terminal_items},
    {"uptime", uptime},
    {"version", version},
    {"vmstat", vmstat},
});

} // namespace

std::span<ProcItem const> proc_items() { return items; }

} // namespace personality

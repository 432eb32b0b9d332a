// /proc/sys: settings of the system.

#include <servers/linux/fs/file_system.hpp>
#include <servers/linux/fs/generated/text.hpp>
#include <servers/linux/fs/notify/notify_file.hpp>
#include <servers/linux/fs/pipe/pipe.hpp>
#include <servers/linux/fs/proc/proc_static.hpp>
#include <servers/linux/process/task_table.hpp>
#include <servers/linux/system.hpp>

#include <algorithm>
#include <array>

namespace personality {

namespace {

template <std::uint64_t Number> Result<> number(System&, Text& text) {
    text.decimal(Number).put('\n');
    return {};
}

Result<> host_name(System& system, Text& text) {
    text.put(system.host_name.data()).put('\n');
    return {};
}

Result<> set_host_name(System& system, std::string_view name) {
    if (name.size() >= system.host_name.size()) return fail(Errno::inval);
    system.host_name = {};
    std::ranges::copy(name, system.host_name.begin());
    return {};
}

Result<> domain_name(System& system, Text& text) {
    text.put(system.domain_name.data()).put('\n');
    return {};
}

Result<> release(System&, Text& text) {
    text.put("6.1.0-skerry\n");
    return {};
}

Result<> system_type(System&, Text& text) {
    text.put("Linux\n");
    return {};
}

Result<> build(System&, Text& text) {
    text.put("#1 SMP\n");
    return {};
}

void put_uuid(Text& text, std::array<std::byte, 16> bytes) {
    // RFC 4122, version 4.
    bytes[6] = (bytes[6] & std::byte{0x0f}) | std::byte{0x40};
    bytes[8] = (bytes[8] & std::byte{0x3f}) | std::byte{0x80};
    for (std::size_t i = 0; i < bytes.size(); i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) text.put('-');
        text.hexadecimal(std::to_integer<std::uint64_t>(bytes[i]), 2);
    }
    text.put('\n');
}

Result<> uuid(System& system, Text& text) {
    std::array<std::byte, 16> bytes;
    system.environment.random.fill(bytes);
    put_uuid(text, bytes);
    return {};
}

Result<> boot_id(System& system, Text& text) {
    // The same as long as the system runs.
    static constinit std::array<std::byte, 16> bytes{};
    if (bytes == decltype(bytes){}) system.environment.random.fill(bytes);
    put_uuid(text, bytes);
    return {};
}

Result<> randomize(System& system, Text& text) {
    text.decimal(static_cast<std::uint64_t>(system.randomize)).put('\n');
    return {};
}

Result<> set_randomize(System& system, std::string_view word) {
    if (word.size() != 1 || word[0] < '0' || word[0] > '2') return fail(Errno::inval);
    system.randomize = static_cast<Randomize>(word[0] - '0');
    return {};
}

Result<> core_pattern(System&, Text& text) {
    text.put("core\n");
    return {};
}

Result<> messages_shown(System&, Text& text) {
    text.put("7\t4\t1\t7\n");
    return {};
}

Result<> pseudo_terminals(System& system, Text& text) {
    text.decimal(system.files->devices.pseudo_terminals.count()).put('\n');
    return {};
}

constexpr auto pty_items = std::to_array<ProcItem>({
    {"max", number<PseudoTerminals::most>},
    {"nr", pseudo_terminals},
});
constexpr auto random_items = std::to_array<ProcItem>({
    {"boot_id", boot_id},
    {"entropy_avail", number<256>},
    {"poolsize", number<256>},
    {"uuid", uuid},
});
constexpr auto kernel_items = std::to_array<ProcItem>({
    {"cap_last_cap", number<40>},
    {"core_pattern", core_pattern},
    {"core_uses_pid", number<0>},
    {"domainname", domain_name},
    {"hostname", host_name, {}, set_host_name},
    {"ngroups_max", number<64>},
    {"osrelease", release},
    {"ostype", system_type},
    {"overflowgid", number<65534>},
    {"overflowuid", number<65534>},
    {"panic", number<0>},
    {"pid_max", number<TaskTable::pid_max>},
    {"printk", messages_shown},
    {"pty", nullptr, pty_items},
    {"random", nullptr, random_items},
    {"randomize_va_space", randomize, {}, set_randomize},
    {"sched_rr_timeslice_ms", number<100>},
    {"sysrq", number<0>},
    {"tainted", number<0>},
    {"threads-max", number<TaskTable::max_tasks>},
    {"version", build},
});
constexpr auto inotify_items = std::to_array<ProcItem>({
    {"max_queued_events", number<NotifyFile::most_events>},
    {"max_user_instances", number<NotifyFile::most_of_user>},
    {"max_user_watches", number<NotifyFile::most_watches_of_user>},
});
constexpr auto fs_items = std::to_array<ProcItem>({
    {"file-max", number<1 << 20>},
    {"inotify", nullptr, inotify_items},
    {"nr_open", number<1 << 16>},
    {"pipe-max-size", number<Pipe::max_capacity>},
});
constexpr auto vm_items = std::to_array<ProcItem>({
    {"max_map_count", number<65530>},
    {"mmap_min_addr", number<65536>},
    {"nr_hugepages", number<0>},
    {"overcommit_memory", number<0>},
    {"overcommit_ratio", number<50>},
    {"swappiness", number<60>},
});
constexpr auto dev_tty_items = std::to_array<ProcItem>({
    {"ldisc_autoload", number<0>},
    {"legacy_tiocsti", number<0>},
});
constexpr auto dev_items = std::to_array<ProcItem>({
    {"tty", nullptr, dev_tty_items},
});
constexpr auto net_core_items = std::to_array<ProcItem>({
    {"somaxconn", number<4096>},
});
constexpr auto net_items = std::to_array<ProcItem>({
    {"core", nullptr, net_core_items},
});
constexpr auto items = std::to_array<ProcItem>({
    {"dev", nullptr, dev_items},
    {"fs", nullptr, fs_items},
    {"kernel", nullptr, kernel_items},
    {"net", nullptr, net_items},
    {"vm", nullptr, vm_items},
});

constexpr ProcItem sys{"sys", nullptr, items};

} // namespace

ProcItem const& proc_sys() { return sys; }

} // namespace personality

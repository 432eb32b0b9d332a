// /sys: the little of it that programs ask for. Processors, and folders that are empty.

#include <servers/linux/fs/proc/sys_volume.hpp>

#include <servers/linux/fs/file_system.hpp>
#include <servers/linux/fs/generated/text.hpp>
#include <servers/linux/fs/proc/proc_static.hpp>
#include <servers/linux/system.hpp>

#include <array>
#include <utility>

namespace personality {

namespace {

Result<> processors(System& system, Text& text) {
    text.bits(system.processors.all()).put('\n');
    return {};
}

Result<> empty_line(System&, Text& text) {
    text.put('\n');
    return {};
}

template <std::uint64_t Number> Result<> number(System&, Text& text) {
    text.decimal(Number).put('\n');
    return {};
}

Result<> highest_processor(System& system, Text& text) {
    text.decimal(processor_count(system) - 1).put('\n');
    return {};
}

Result<> clock_source(System&, Text& text) {
    text.put("tsc\n");
    return {};
}

Result<> no_huge_pages(System&, Text& text) {
    text.put("always madvise [never]\n");
    return {};
}

Result<> serial_lines(System&, Text& text) {
    text.put("ttyS0\n");
    return {};
}

// Each processor is a core of its own, and all are of one package.
template <std::uint64_t Number>
constexpr auto topology = std::to_array<ProcItem>({
    {"core_id", number<Number>},
    {"core_siblings_list", processors},
    {"die_id", number<0>},
    {"physical_package_id", number<0>},
    {"thread_siblings_list", number<Number>},
});
template <std::uint64_t Number>
constexpr auto processor = std::to_array<ProcItem>({
    {.name = "topology", .children = topology<Number>},
});
/// "cpu" and the number.
template <std::uint64_t Number>
constexpr auto processor_name = [] {
    std::array<char, 5> name{'c', 'p', 'u'};
    if (Number >= 10) name[3] = '0' + Number / 10;
    name[Number >= 10 ? 4 : 3] = '0' + Number % 10;
    return name;
}();
template <std::uint64_t Number>
constexpr ProcItem processor_folder{
    .name = {processor_name<Number>.data(), Number >= 10 ? 5U : 4U},
    .children = processor<Number>,
    .processor = Number,
};
constexpr auto cpu = []<std::uint64_t... Number>(std::integer_sequence<std::uint64_t, Number...>) {
    return std::to_array<ProcItem>({
        {"isolated", empty_line},
        {"kernel_max", highest_processor},
        {"offline", empty_line},
        {"online", processors},
        {"possible", processors},
        {"present", processors},
        processor_folder<Number>...,
    });
}(std::make_integer_sequence<std::uint64_t, most_processors>());
constexpr auto clock_source_0 = std::to_array<ProcItem>({
    {"available_clocksource", clock_source},
    {"current_clocksource", clock_source},
});
constexpr auto clock_sources = std::to_array<ProcItem>({
    {.name = "clocksource0", .children = clock_source_0},
});
constexpr auto node_0 = std::to_array<ProcItem>({
    {"cpulist", processors},
});
constexpr auto node = std::to_array<ProcItem>({
    {"has_cpu", number<0>},
    {.name = "node0", .children = node_0},
    {"online", number<0>},
    {"possible", number<0>},
});
constexpr auto system_devices = std::to_array<ProcItem>({
    {.name = "clocksource", .children = clock_sources},
    {.name = "cpu", .children = cpu},
    {.name = "node", .children = node},
});
constexpr auto virtual_devices = std::to_array<ProcItem>({
    {.name = "tty"},
});
constexpr auto devices = std::to_array<ProcItem>({
    {.name = "system", .children = system_devices},
    {.name = "virtual", .children = virtual_devices},
});
constexpr auto device_numbers = std::to_array<ProcItem>({
    {.name = "block"},
    {.name = "char"},
});
constexpr auto huge_pages = std::to_array<ProcItem>({
    {"enabled", no_huge_pages},
    {"hpage_pmd_size", number<2 << 20>},
});
constexpr auto memory = std::to_array<ProcItem>({
    {.name = "hugepages"},
    {.name = "transparent_hugepage", .children = huge_pages},
});
constexpr auto kernel = std::to_array<ProcItem>({
    {.name = "mm", .children = memory},
});
constexpr auto file_systems = std::to_array<ProcItem>({
    {.name = "cgroup"},
});
constexpr auto console = std::to_array<ProcItem>({
    {"active", serial_lines},
});
constexpr auto terminals = std::to_array<ProcItem>({
    {.name = "console", .children = console},
});
constexpr auto classes = std::to_array<ProcItem>({
    {.name = "block"},
    {.name = "net"},
    {.name = "tty", .children = terminals},
});
constexpr auto items = std::to_array<ProcItem>({
    {.name = "block"},
    {.name = "bus"},
    {.name = "class", .children = classes},
    {.name = "dev", .children = device_numbers},
    {.name = "devices", .children = devices},
    {.name = "firmware"},
    {.name = "fs", .children = file_systems},
    {.name = "kernel", .children = kernel},
    {.name = "module"},
});
constexpr ProcItem root{.name = "", .children = items};

} // namespace

Result<> mount_sys(System& system) {
    auto& files = *system.files;
    auto const volume = make<ProcVolume>(system, system.environment, files.memory,
                                         files.next_minor(), "sysfs", std::uint64_t{0x6265'6572});
    if (!volume) return fail(Errno::nomem);
    auto folder = make<ProcStaticFolder>(*volume, root);
    if (!folder) return fail(Errno::nomem);
    files.sys_root = TRY(Entry::create(nullptr, "", std::move(folder)));
    auto const mount = TRY(files.mount(files.sys_root, "/sys", "sysfs"));
    mount->flags = {.no_exec = true, .no_set_id = true, .no_devices = true};
    return {};
}

} // namespace personality

// The system as a whole: its name, its load, limits, chance, power; and the small change.

#include <servers/linux/dispatch.hpp>
#include <servers/linux/handlers.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/process/resource_usage.hpp>
#include <servers/linux/system.hpp>
#include <servers/linux/time/time_words.hpp>

#include <algorithm>
#include <cstring>

namespace personality::calls {

namespace {

using NameField = std::array<char, 65>;
struct SystemName { // struct utsname
    NameField system, node, release, version, machine, domain;
};

NameField field(std::string_view text) {
    NameField result{};
    std::ranges::copy(text, result.begin());
    return result;
}

struct SystemInfo { // struct sysinfo
    std::int64_t uptime;
    std::uint64_t loads[3];
    std::uint64_t total, free, shared, buffers, swap_total, swap_free;
    std::uint16_t processes, padding;
    std::uint64_t high_total, high_free;
    std::uint32_t unit;
};
static_assert(sizeof(SystemInfo) == 112);

Outcome set_name(Call& call, std::array<char, 65>& name) {
    if (!call.task.identity().can(Identity::sys_admin)) return Errno::perm;
    if (call.args[1] > 64) return Errno::inval;
    std::array<char, 65> text{};
    TRY(call.task.memory().copy_in(std::as_writable_bytes(std::span(text).first(call.args[1])),
                                   call.args[0]));
    name = text;
    return 0;
}

/// Change a limit of a process; what its memory keeps of them follows.
Outcome set_limit(Call& call, Process& process, std::uint32_t which, LimitPair wanted) {
    if (wanted.soft > wanted.hard) return Errno::inval;
    auto& limit = process.limits[static_cast<Limit>(which)];
    constexpr std::uint64_t most_files = 1 << 16;
    if (which == static_cast<std::uint32_t>(Limit::nofile) && wanted.hard > most_files)
        return Errno::perm;
    if (wanted.hard > limit.hard && !call.task.identity().can(Identity::sys_resource))
        return Errno::perm;
    limit = wanted;
    if (process.memory) {
        process.memory->stack_limit = process.limits.soft(Limit::stack);
        process.memory->space_limit = process.limits.soft(Limit::as);
    }
    return 0;
}

} // namespace

Outcome uname(Call& call) {
    System const& system = call.task.system();
    SystemName const name{.system = field("Linux"),
                          .node = system.host_name,
                          .release = field("6.1.0-skerry"),
                          .version = field("#1 Skerry"),
                          .machine = field("x86_64"),
                          .domain = system.domain_name};
    return call.task.memory().store(call.args[0], name);
}

Outcome sethostname(Call& call) { return set_name(call, call.task.system().host_name); }
Outcome setdomainname(Call& call) { return set_name(call, call.task.system().domain_name); }

Outcome sysinfo(Call& call) {
    System const& system = call.task.system();
    auto const& frames = system.environment.frames;
    SystemInfo info{};
    info.uptime = static_cast<std::int64_t>(system.now() / second_ns);
    std::ranges::copy(system.load, info.loads);
    info.total = frames.total() * page_bytes;
    info.free = frames.free() * page_bytes;
    info.processes = static_cast<std::uint16_t>(system.tasks.task_count());
    info.unit = 1;
    return call.task.memory().store(call.args[0], info);
}

Outcome getrandom(Call& call) {
    constexpr std::uint64_t known = 7;
    if ((call.args[2] & ~known) != 0 || (call.args[2] & 6) == 6) return Errno::inval;
    std::array<std::byte, 256> bytes;
    std::size_t const total = std::min<std::uint64_t>(call.args[1], 0x7fff'ffff);
    std::size_t done = 0;
    while (done < total) {
        auto const piece = std::span(bytes).first(std::min(total - done, bytes.size()));
        call.task.environment().random.fill(piece);
        if (auto const copied = call.task.memory().copy_out(call.args[0] + done, piece); !copied)
            return done != 0 ? Outcome(done) : Outcome(copied.error());
        done += piece.size();
    }
    return done;
}

Outcome arch_prctl(Call& call) {
    constexpr std::uint64_t set_gs = 0x1001, set_fs = 0x1002, get_fs = 0x1003, get_gs = 0x1004;
    auto const operation = call.args[0];
    if (operation == get_fs || operation == get_gs) {
        auto const& file = registers_of(call.task).file;
        return call.task.memory().store(call.args[1],
                                        operation == get_fs ? file.fs_base : file.gs_base);
    }
    if (operation != set_fs && operation != set_gs) return Errno::inval;
    if (call.args[1] >= layout::task_end) return Errno::perm;
    auto& registers = registers_of(call.task);
    (operation == set_fs ? registers.file.fs_base : registers.file.gs_base) = call.args[1];
    registers.file.rax = 0;
    return Outcome::registers();
}

Outcome prctl(Call& call) {
    enum Option : std::uint32_t {
        set_pdeathsig = 1, get_pdeathsig = 2, get_dumpable = 3, set_dumpable = 4, get_keepcaps = 7,
        set_keepcaps = 8, set_name_ = 15, get_name = 16, get_seccomp = 21, capbset_read = 23,
        get_securebits = 27, set_timerslack = 29, get_timerslack = 30, set_child_subreaper = 36,
        get_child_subreaper = 37, set_no_new_privs = 38, get_no_new_privs = 39, get_tid_address = 40,
        set_thp_disable = 41, get_thp_disable = 42, cap_ambient = 47,
    };
    Task& task = call.task;
    Process& process = task.process;
    switch (call.int_arg(0)) {
    case set_name_: {
        std::array<char, 16> name{};
        for (std::size_t i = 0; i + 1 < name.size(); i++) {
            name[i] = TRY(task.memory().load<char>(call.args[1] + i));
            if (name[i] == 0) break;
        }
        task.name = name;
        return 0;
    }
    case get_name:
        return task.memory().copy_out(call.args[1], std::as_bytes(std::span(task.name)));
    case set_pdeathsig:
        if (call.args[1] > signal_count) return Errno::inval;
        process.parent_death_signal = call.int_arg(1);
        return 0;
    case get_pdeathsig: return task.memory().store(call.args[1], process.parent_death_signal);
    case get_dumpable: return process.dumpable;
    case set_dumpable:
        if (call.args[1] > 1) return Errno::inval;
        process.dumpable = call.args[1] != 0;
        return 0;
    case set_no_new_privs:
        if (call.args[1] != 1) return Errno::inval;
        process.no_new_privileges = true;
        return 0;
    case get_no_new_privs: return process.no_new_privileges;
    case set_child_subreaper: process.child_subreaper = call.args[1] != 0; return 0;
    case get_child_subreaper:
        return task.memory().store(call.args[1], std::int32_t{process.child_subreaper});
    case capbset_read:
        if (call.args[1] > 40) return Errno::inval;
        return process.identity.bounding >> call.args[1] & 1;
    case get_tid_address: return task.memory().store(call.args[1], task.clear_child_tid);
    case get_timerslack: return 50'000;
    case set_timerslack:
    case set_keepcaps:
    case get_keepcaps:
    case get_securebits:
    case get_seccomp:
    case set_thp_disable:
    case get_thp_disable: return 0;
    case cap_ambient: return call.args[1] == 4 ? Outcome(0) : Errno::perm;
    default: return Errno::inval;
    }
}

Outcome prlimit64(Call& call) {
    auto const pid = static_cast<Pid>(call.args[0]);
    auto* process = pid == 0 ? &call.task.process : call.task.system().tasks.process(pid);
    if (call.int_arg(1) >= limit_count) return Errno::inval;
    if (process == nullptr) return Errno::srch;
    LimitPair const old = process->limits[static_cast<Limit>(call.int_arg(1))];
    if (call.args[2] != 0) {
        auto const wanted = TRY(call.task.memory().load<LimitPair>(call.args[2]));
        auto const outcome = set_limit(call, *process, call.int_arg(1), wanted);
        if (outcome.is_error()) return outcome;
    }
    if (call.args[3] != 0) TRY(call.task.memory().store(call.args[3], old));
    return 0;
}

Outcome getrlimit(Call& call) {
    if (call.int_arg(0) >= limit_count) return Errno::inval;
    return call.task.memory().store(call.args[1],
                                    call.task.process.limits[static_cast<Limit>(call.int_arg(0))]);
}

Outcome setrlimit(Call& call) {
    if (call.int_arg(0) >= limit_count) return Errno::inval;
    auto const wanted = TRY(call.task.memory().load<LimitPair>(call.args[1]));
    return set_limit(call, call.task.process, call.int_arg(0), wanted);
}

Outcome getrusage(Call& call) {
    constexpr std::int32_t self = 0, children = -1, thread = 1;
    Process& process = call.task.process;
    ResourceUsage result{};
    switch (static_cast<std::int32_t>(call.args[0])) {
    case self:
        result = usage(processor_time(process), process.system_ns);
        result.minor_faults = static_cast<std::int64_t>(process.minor_faults);
        result.largest_resident =
            static_cast<std::int64_t>(process.memory->resident() * page_bytes / 1024);
        break;
    case children:
        result = usage(process.children_user_ns, process.children_system_ns);
        break;
    case thread:
        result = usage(call.task.system().machine.processor_time(call.task.thread), 0);
        break;
    default: return Errno::inval;
    }
    return call.task.memory().store(call.args[1], result);
}

Outcome times(Call& call) {
    constexpr std::uint64_t tick_ns = second_ns / 100;
    Process& process = call.task.process;
    std::int64_t const words[4] = {
        static_cast<std::int64_t>(processor_time(process) / tick_ns),
        static_cast<std::int64_t>(process.system_ns / tick_ns),
        static_cast<std::int64_t>(process.children_user_ns / tick_ns),
        static_cast<std::int64_t>(process.children_system_ns / tick_ns)};
    if (call.args[0] != 0)
        TRY(call.task.memory().copy_out(call.args[0], std::as_bytes(std::span(words))));
    return call.task.system().now() / tick_ns;
}

Outcome sched_yield(Call&) { return 0; }

Outcome sched_getaffinity(Call& call) {
    if (call.args[1] < 8 || call.args[1] % 8 != 0) return Errno::inval;
    auto const tid = static_cast<Pid>(call.args[0]);
    if (tid != 0 && call.task.system().tasks.task(tid) == nullptr) return Errno::srch;
    TRY(call.task.memory().store(call.args[2], std::uint64_t{1}));
    return 8;
}

Outcome sched_setaffinity(Call& call) {
    if (call.args[1] == 0) return Errno::inval;
    auto const mask = TRY(call.task.memory().load<std::uint8_t>(call.args[2]));
    return (mask & 1) != 0 ? Outcome(0) : Errno::inval;
}

Outcome sched_getscheduler(Call&) { return 0; }
Outcome sched_getparam(Call& call) {
    return call.task.memory().store(call.args[1], std::int32_t{0});
}
Outcome sched_get_priority_max(Call& call) {
    auto const policy = call.int_arg(0);
    return policy == 1 || policy == 2 ? Outcome(99) : policy <= 6 ? Outcome(0) : Errno::inval;
}
Outcome sched_get_priority_min(Call& call) {
    auto const policy = call.int_arg(0);
    return policy == 1 || policy == 2 ? Outcome(1) : policy <= 6 ? Outcome(0) : Errno::inval;
}

Outcome getcpu(Call& call) {
    if (call.args[0] != 0) TRY(call.task.memory().store(call.args[0], std::uint32_t{0}));
    if (call.args[1] != 0) TRY(call.task.memory().store(call.args[1], std::uint32_t{0}));
    return 0;
}

Outcome getpriority(Call& call) {
    constexpr std::uint64_t most = 2;
    if (call.args[0] > most) return Errno::inval;
    return 20 - call.task.process.nice;
}

Outcome setpriority(Call& call) {
    constexpr std::uint64_t most = 2;
    if (call.args[0] > most) return Errno::inval;
    auto const nice = std::clamp(static_cast<std::int32_t>(call.args[2]), -20, 19);
    auto& own = call.task.process.nice;
    if (nice < own && !call.task.identity().can(Identity::sys_nice)) return Errno::acces;
    own = nice;
    return 0;
}

Outcome set_personality(Call& call) {
    auto& bits = call.task.process.personality_bits;
    std::uint64_t const old = bits;
    if (call.int_arg(0) != ~0U) bits = call.int_arg(0);
    return old;
}

Outcome reboot(Call& call) {
    constexpr std::uint32_t magic1 = 0xfee1'dead;
    constexpr std::uint32_t magics[] = {672274793, 85072278, 369367448, 537993216};
    if (!call.task.identity().can(Identity::sys_boot)) return Errno::perm;
    if (call.int_arg(0) != magic1 || std::ranges::find(magics, call.int_arg(1)) == std::end(magics))
        return Errno::inval;
    constexpr std::uint32_t restart = 0x0123'4567, halt = 0xcdef'0123, off = 0x4321'fedc,
                            cad_on = 0x89ab'cdef, cad_off = 0;
    switch (call.int_arg(2)) {
    case restart:
    case halt:
    case off: call.task.system().machine.power_off(0); return 0;
    case cad_on:
    case cad_off: return 0;
    default: return Errno::inval;
    }
}

Outcome syslog(Call& call) {
    // No kernel messages here: the logs are with the services (/svc/NAME/log).
    constexpr std::uint64_t most = 10;
    return call.args[0] <= most ? Outcome(0) : Errno::inval;
}

} // namespace personality::calls

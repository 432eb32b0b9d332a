// The system as a whole: its name, its load, chance, power.

#include <servers/linux/handlers.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/process.hpp>
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

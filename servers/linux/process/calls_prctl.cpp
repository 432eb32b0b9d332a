// arch_prctl, prctl, personality: what a task and its process say of themselves.

#include <servers/linux/dispatch.hpp>
#include <servers/linux/handlers.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/process.hpp>

#include <array>
#include <optional>

namespace personality::calls {

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

namespace {

enum Option : std::uint32_t {
    set_pdeathsig = 1,
    get_pdeathsig = 2,
    get_dumpable = 3,
    set_dumpable = 4,
    get_keepcaps = 7,
    set_keepcaps = 8,
    get_timing = 13,
    set_timing = 14,
    set_name_ = 15,
    get_name = 16,
    get_seccomp = 21,
    capbset_read = 23,
    capbset_drop = 24,
    get_tsc = 25,
    set_tsc = 26,
    get_securebits = 27,
    set_securebits = 28,
    set_timerslack = 29,
    get_timerslack = 30,
    set_child_subreaper = 36,
    get_child_subreaper = 37,
    set_no_new_privs = 38,
    get_no_new_privs = 39,
    get_tid_address = 40,
    set_thp_disable = 41,
    get_thp_disable = 42,
    cap_ambient = 47,
};
constexpr std::uint64_t last_capability = 40;

bool zeros(Call const& call, unsigned from) {
    for (unsigned i = from; i < 5; i++)
        if (call.args[i] != 0) return false;
    return true;
}

Outcome set_task_name(Task& task, UserAddress from) {
    std::array<char, 16> name{};
    for (std::size_t i = 0; i + 1 < name.size(); i++) {
        name[i] = TRY(task.memory().load<char>(from + i));
        if (name[i] == 0) break;
    }
    task.name = name;
    return 0;
}

/// PR_CAP_AMBIENT: what programs without any privilege of their own are started with.
Outcome change_ambient(Call& call) {
    enum Operation : std::uint64_t { is_set = 1, raise = 2, lower = 3, clear_all = 4 };
    auto& id = call.task.process.identity;
    auto const operation = call.args[1], which = call.args[2];
    if (operation == clear_all) {
        if (!zeros(call, 2)) return Errno::inval;
        id.ambient = 0;
        return 0;
    }
    if (!zeros(call, 3) || which > last_capability) return Errno::inval;
    auto const bit = std::uint64_t{1} << which;
    switch (operation) {
    case is_set: return (id.ambient & bit) != 0 ? 1 : 0;
    case raise:
        if ((id.permitted & id.inheritable & bit) == 0 || id.secure(Identity::no_ambient_raise))
            return Errno::perm;
        id.ambient |= bit;
        return 0;
    case lower: id.ambient &= ~bit; return 0;
    default: return Errno::inval;
    }
}

Outcome change_secure_bits(Identity& id, std::uint64_t wanted) {
    constexpr std::uint64_t locks = std::uint64_t{Identity::all_secure_bits} << 1;
    std::uint64_t const locked = id.secure_bits & locks;
    bool const unlocks = (locked & ~wanted) != 0;
    bool const changes_locked = ((locked >> 1) & (id.secure_bits ^ wanted)) != 0;
    if (unlocks || changes_locked || (wanted & ~(locks | Identity::all_secure_bits)) != 0)
        return Errno::perm;
    if (!id.can(Identity::setpcap)) return Errno::perm;
    id.secure_bits = static_cast<std::uint32_t>(wanted);
    return 0;
}

Outcome keep_capabilities(Identity& id, std::uint64_t wanted) {
    if (wanted > 1) return Errno::inval;
    constexpr std::uint32_t lock = Identity::keep_capabilities << 1;
    if ((id.secure_bits & lock) != 0) return Errno::perm;
    id.secure_bits &= ~std::uint32_t{Identity::keep_capabilities};
    if (wanted != 0) id.secure_bits |= Identity::keep_capabilities;
    return 0;
}

/// What concerns capabilities; nothing: it is something else.
std::optional<Outcome> change_capabilities(Call& call) {
    auto& id = call.task.process.identity;
    auto const value = call.args[1];
    switch (call.int_arg(0)) {
    case capbset_read:
        if (value > last_capability) return Errno::inval;
        return id.bounding >> value & 1;
    case capbset_drop:
        if (!id.can(Identity::setpcap)) return Errno::perm;
        if (value > last_capability) return Errno::inval;
        id.bounding &= ~(std::uint64_t{1} << value);
        return 0;
    case get_keepcaps: return id.secure(Identity::keep_capabilities) ? 1 : 0;
    case set_keepcaps: return keep_capabilities(id, value);
    case get_securebits: return id.secure_bits;
    case set_securebits: return change_secure_bits(id, value);
    case cap_ambient: return change_ambient(call);
    default: return {};
    }
}

/// Time as the task wants it.
std::optional<Outcome> change_time(Call& call) {
    Task& task = call.task;
    auto const value = call.args[1];
    switch (call.int_arg(0)) {
    case get_timerslack: return task.timer_slack;
    case set_timerslack: {
        constexpr std::uint64_t normal = 50'000;
        task.timer_slack = static_cast<std::int64_t>(value) <= 0 ? normal : value;
        return 0;
    }
    case get_timing: return 0; // statistical: there is no other
    case set_timing: return value == 0 ? Outcome(0) : Errno::inval;
    case get_tsc: return task.memory().store(value, std::int32_t{1});
    case set_tsc: return value == 1 ? Outcome(0) : Errno::inval; // it can't be forbidden
    default: return {};
    }
}

} // namespace

Outcome prctl(Call& call) {
    Task& task = call.task;
    Process& process = task.process;
    auto const value = call.args[1];
    if (auto const outcome = change_capabilities(call)) return *outcome;
    if (auto const outcome = change_time(call)) return *outcome;
    switch (call.int_arg(0)) {
    case set_name_: return set_task_name(task, value);
    case get_name: return task.memory().copy_out(value, std::as_bytes(std::span(task.name)));
    case set_pdeathsig:
        if (value > signal_count) return Errno::inval;
        process.parent_death_signal = call.int_arg(1);
        return 0;
    case get_pdeathsig: return task.memory().store(value, process.parent_death_signal);
    case get_dumpable: return process.dumpable ? 1 : 0;
    case set_dumpable:
        if (value > 1) return Errno::inval;
        process.dumpable = value != 0;
        return 0;
    case set_no_new_privs:
        if (value != 1 || !zeros(call, 2)) return Errno::inval;
        process.no_new_privileges = true;
        return 0;
    case get_no_new_privs:
        if (!zeros(call, 1)) return Errno::inval;
        return process.no_new_privileges ? 1 : 0;
    case set_child_subreaper: process.child_subreaper = value != 0; return 0;
    case get_child_subreaper:
        return task.memory().store(value, std::int32_t{process.child_subreaper});
    case get_tid_address: return task.memory().store(value, task.clear_child_tid);
    case get_seccomp: return 0;
    case set_thp_disable:
        if (!zeros(call, 2)) return Errno::inval;
        process.huge_pages_disabled = value != 0;
        return 0;
    case get_thp_disable:
        if (!zeros(call, 1)) return Errno::inval;
        return process.huge_pages_disabled ? 1 : 0;
    default: return Errno::inval;
    }
}

Outcome set_personality(Call& call) {
    auto& bits = call.task.process.personality_bits;
    std::uint64_t const old = bits;
    if (call.int_arg(0) != ~0U) bits = call.int_arg(0);
    return old;
}

} // namespace personality::calls

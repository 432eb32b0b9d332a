// arch_prctl, prctl, personality: what a task and its process say of themselves.

#include <servers/linux/dispatch.hpp>
#include <servers/linux/handlers.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/process.hpp>

#include <array>

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

Outcome prctl(Call& call) {
    enum Option : std::uint32_t {
        set_pdeathsig = 1,
        get_pdeathsig = 2,
        get_dumpable = 3,
        set_dumpable = 4,
        get_keepcaps = 7,
        set_keepcaps = 8,
        set_name_ = 15,
        get_name = 16,
        get_seccomp = 21,
        capbset_read = 23,
        get_securebits = 27,
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
    case get_name: return task.memory().copy_out(call.args[1], std::as_bytes(std::span(task.name)));
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

Outcome set_personality(Call& call) {
    auto& bits = call.task.process.personality_bits;
    std::uint64_t const old = bits;
    if (call.int_arg(0) != ~0U) bits = call.int_arg(0);
    return old;
}

} // namespace personality::calls

#include <servers/linux/process/exec.hpp>

#include <servers/linux/dispatch.hpp>
#include <servers/linux/fs/descriptor_table.hpp>
#include <servers/linux/fs/file_context.hpp>
#include <servers/linux/futex/priority_lock.hpp>
#include <servers/linux/futex/robust_list.hpp>
#include <servers/linux/process/capabilities.hpp>
#include <servers/linux/process/end.hpp>
#include <servers/linux/process/placement.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/process/resource_usage.hpp>
#include <servers/linux/system.hpp>

#include <algorithm>

namespace personality {

namespace {

void set_name(Task& task, std::string_view path) {
    auto const slash = path.rfind('/');
    auto const name = slash == std::string_view::npos ? path : path.substr(slash + 1);
    task.name = {};
    std::copy_n(name.data(), std::min(name.size(), task.name.size() - 1), task.name.data());
}

void set_identity(Process& process, Program const& program) {
    auto& identity = process.identity;
    bool const changed = identity.euid != program.euid || identity.egid != program.egid;
    bool const set_id = identity.uid != program.euid || identity.gid != program.egid;
    identity.euid = identity.suid = identity.fsuid = program.euid;
    identity.egid = identity.sgid = identity.fsgid = program.egid;
    follow_execution(identity, set_id);
    process.dumpable = !changed;
    if (changed) process.parent_death_signal = 0;
}

/// Tables that other processes share are theirs: take copies.
Result<> unshare(Task& task) {
    if (task.descriptors->references() > 1) task.descriptors = TRY(task.descriptors->copy());
    auto& handlers = task.process.handlers;
    if (handlers->references() > 1) {
        auto own = handlers->copy();
        if (!own) return fail(Errno::nomem);
        handlers = own;
    }
    return {};
}

/// What a task owes to others that share its memory, as at its end.
void leave_memory(Task& task) {
    remember_resident(task.process);
    release_robust_list(task);
    pass_on_locks(task);
    task.robust_list = 0;
    clear_child_word(task);
}

} // namespace

Result<> become(Task& task, Program& program, std::string_view path) {
    Process& process = task.process;
    TRY(unshare(task));
    set_identity(process, program);
    set_name(task, path);
    process.handlers->reset_caught();
    process.executable = program.executable;
    process.has_executed = true;
    process.exit_signal = static_cast<std::uint32_t>(Signal::chld);
    if (program.secure) process.personality_bits &= ~personality_bit::cleared_with_rights;
    process.personality_bits &= ~personality_bit::read_implies_execute;
    task.signal_stack.base = task.signal_stack.size = 0;
    task.restore_signals = false;
    task.descriptors->close_on_exec();
    return {};
}

Outcome execute(Task& task, ProgramRequest const& request) {
    Process& process = task.process;
    System& system = task.system();
    Program program = TRY(load_program(task, request));
    if (program.stillborn) {
        end_process(process, static_cast<std::int32_t>(Signal::segv));
        return Outcome::gone();
    }
    // The path may lie in the memory that goes.
    std::array<char, 256> kept{};
    auto const slash = request.path.rfind('/');
    auto const last =
        slash == std::string_view::npos ? request.path : request.path.substr(slash + 1);
    std::size_t const bytes = std::min(last.size(), kept.size());
    std::copy_n(last.data(), bytes, kept.data());

    end_other_tasks(task);
    process.timers.clear();
    leave_memory(task);
    if (!system.machine.set_space(process.handle, program.memory->handle(), {kept.data(), bytes})) {
        end_process(process, static_cast<std::int32_t>(Signal::kill));
        return Outcome::gone();
    }
    process.memory = program.memory;
    if (!become(task, program, {kept.data(), bytes})) {
        end_process(process, static_cast<std::int32_t>(Signal::kill));
        return Outcome::gone();
    }
    process.vfork_pending = false;
    process.vfork_done.wake_all();

    Registers& registers = fresh_registers(task);
    registers.file.rip = program.entry;
    registers.file.rsp = program.stack_pointer;
    registers.file.rflags = 0x202;
    return Outcome::registers();
}

} // namespace personality

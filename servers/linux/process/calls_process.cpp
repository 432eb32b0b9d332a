// clone, fork, vfork, execve, exit, wait4, waitid.

#include <servers/linux/fs/descriptor_table.hpp>
#include <servers/linux/fs/file_context.hpp>
#include <servers/linux/fs/open_flags.hpp>
#include <servers/linux/fs/path.hpp>
#include <servers/linux/handlers.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/clone.hpp>
#include <servers/linux/process/end.hpp>
#include <servers/linux/process/exec.hpp>
#include <servers/linux/process/pid_file.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/process/resource_usage.hpp>
#include <servers/linux/process/wait.hpp>
#include <servers/linux/signal/send.hpp>
#include <servers/linux/system.hpp>

#include <algorithm>

namespace personality::calls {

namespace {

constexpr std::uint32_t sigchld = static_cast<std::uint32_t>(Signal::chld);

struct CloneWords { // struct clone_args, version 2
    std::uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
    std::uint64_t set_tid, set_tid_size, cgroup;
};

Outcome execute_path(Call& call, std::int32_t folder, UserAddress path_address,
                     UserAddress arguments_address, UserAddress environment_address,
                     std::uint32_t flags) {
    Task& task = call.task;
    std::array<char, longest_path> memory;
    auto const path = TRY(task.memory().string(memory, path_address));
    auto file = TRY(open_program(task, folder, path, flags));
    StringList arguments(task.memory(), arguments_address);
    StringList environment(task.memory(), environment_address);
    return execute(task, {.file = std::move(file),
                          .path = path,
                          .arguments = arguments,
                          .environment = environment});
}

} // namespace

Outcome fork(Call& call) { return clone_task(call, {.exit_signal = sigchld}); }

Outcome vfork(Call& call) {
    return clone_task(call, {.flags = clone_flag::vm | clone_flag::vfork, .exit_signal = sigchld});
}

Outcome clone(Call& call) {
    constexpr std::uint64_t signal_mask = 0xff;
    auto const flags = call.args[0] & 0xffff'ff00;
    // There is one word for both.
    if ((flags & clone_flag::pidfd) != 0 && (flags & clone_flag::parent_settid) != 0)
        return Errno::inval;
    return clone_task(call, {.flags = flags,
                             .exit_signal = static_cast<std::uint32_t>(call.args[0] & signal_mask),
                             .stack = call.args[1],
                             .parent_tid = call.args[2],
                             .child_tid = call.args[3],
                             .tls = call.args[4],
                             .descriptor = call.args[2]});
}

Outcome clone3(Call& call) {
    constexpr std::uint64_t known_flags = 0x3'ffff'ffff, group_flag = 0x2'0000'0000,
                            most_levels = 32, first_size = 64;
    std::size_t const bytes = call.args[1];
    if (bytes > page_bytes) return Errno::toobig;
    if (bytes < first_size) return Errno::inval;
    CloneWords words{};
    auto const known = std::min(bytes, sizeof(words));
    TRY(call.task.memory().copy_in(std::as_writable_bytes(std::span(&words, 1)).first(known),
                                   call.args[0]));
    for (std::size_t at = sizeof(words); at < bytes; at++)
        if (TRY(call.task.memory().load<char>(call.args[0] + at)) != 0) return Errno::toobig;
    if (words.set_tid_size > most_levels) return Errno::inval;
    if ((words.set_tid == 0) != (words.set_tid_size == 0)) return Errno::inval;
    if (words.exit_signal > signal_count) return Errno::inval;
    auto const flags = words.flags;
    // Control groups: there are none.
    if ((flags & ~known_flags) != 0 || (flags & group_flag) != 0) return Errno::inval;
    if ((flags & (clone_flag::detached | 0x7f)) != 0) return Errno::inval;
    if ((flags & (clone_flag::thread | clone_flag::parent)) != 0 && words.exit_signal != 0)
        return Errno::inval;
    if ((words.stack == 0) != (words.stack_size == 0)) return Errno::inval;
    Pid tid = 0;
    if (words.set_tid_size != 0) {
        // There is one level of numbers.
        if (words.set_tid_size > 1) return Errno::inval;
        tid = TRY(call.task.memory().load<Pid>(words.set_tid));
        if (tid <= 0 || tid >= TaskTable::pid_max) return Errno::inval;
        if (!call.task.identity().can(Identity::sys_admin) &&
            !call.task.identity().can(Identity::checkpoint_restore))
            return Errno::perm;
    }
    bool const same_word = (flags & clone_flag::pidfd) != 0 &&
                           (flags & clone_flag::parent_settid) != 0 &&
                           words.pidfd == words.parent_tid;
    if (same_word) return Errno::inval;
    return clone_task(call, {.flags = flags,
                             .exit_signal = static_cast<std::uint32_t>(words.exit_signal),
                             .stack = words.stack + words.stack_size,
                             .parent_tid = words.parent_tid,
                             .child_tid = words.child_tid,
                             .tls = words.tls,
                             .descriptor = words.pidfd,
                             .tid = tid});
}

/// What a task shares with others becomes its own.
Outcome unshare(Call& call) {
    using namespace clone_flag;
    Task& task = call.task;
    constexpr auto allowed = thread | fs | sighand | vm | files | sysvsem | spaces;
    auto const flags = call.args[0];
    if ((flags & ~allowed) != 0) return Errno::inval;
    bool const alone = task.process.task_count == 1;
    if ((flags & (thread | sighand | vm | new_user)) != 0 && !alone) return Errno::inval;
    if ((flags & (sighand | vm)) != 0 && task.process.handlers->references() > 1)
        return Errno::inval;
    if ((flags & vm) != 0 && task.process.memory->references() > 1) return Errno::inval;
    TRY(check_spaces(task, flags));
    Ref<FileContext> place;
    if ((flags & fs) != 0 && task.place->references() > 1) {
        place = make<FileContext>(*task.place);
        if (!place) return Errno::nomem;
    }
    if ((flags & files) != 0 && task.descriptors->references() > 1)
        task.descriptors = TRY(task.descriptors->copy());
    if (place) task.place = place;
    return 0;
}

/// There are no name spaces, so no descriptor is of one.
Outcome setns(Call& call) {
    TRY(call.task.descriptors->file(call.fd_arg(0)));
    return Errno::inval;
}

Outcome execve(Call& call) {
    return execute_path(call, at_flag::working_folder, call.args[0], call.args[1], call.args[2], 0);
}

Outcome execveat(Call& call) {
    return execute_path(call, call.fd_arg(0), call.args[1], call.args[2], call.args[3],
                        call.int_arg(4));
}

Outcome exit(Call& call) {
    end_task(call.task, static_cast<std::int32_t>(call.args[0] & 0xff) << 8);
    return Outcome::gone();
}

Outcome exit_group(Call& call) {
    end_process(call.task.process, static_cast<std::int32_t>(call.args[0] & 0xff) << 8);
    return Outcome::gone();
}

Outcome wait4(Call& call) {
    Process& process = call.task.process;
    auto const id = static_cast<Pid>(call.args[0]);
    auto const flags = call.int_arg(2);
    constexpr auto allowed = wait_flag::no_hang | wait_flag::stopped | wait_flag::continued |
                             wait_flag::no_thread | wait_flag::clone | wait_flag::all;
    if ((flags & ~allowed) != 0) return Errno::inval;
    if (id == INT32_MIN) return Errno::srch;
    WaitFor which{.flags = flags | wait_flag::exited};
    if (id > 0) which.kind = WaitFor::Kind::process, which.id = id;
    if (id == 0) which.kind = WaitFor::Kind::group, which.id = process.group->id;
    if (id < -1) which.kind = WaitFor::Kind::group, which.id = -id;

    auto const found = TRY(look_for_child(call.task, which));
    if (found.pid == 0) {
        if ((flags & wait_flag::no_hang) != 0) return 0;
        TRY(call.watch(process.child_events));
        return call.block(Errno::restart_sys);
    }
    if (call.args[1] != 0) TRY(call.task.memory().store(call.args[1], found.status));
    if (call.args[3] != 0) TRY(call.task.memory().store(call.args[3], usage(found.count)));
    return found.pid;
}

Outcome waitid(Call& call) {
    Process& process = call.task.process;
    constexpr std::uint32_t all = 0, one = 1, group = 2, descriptor = 3;
    auto const flags = call.int_arg(3);
    constexpr auto events = wait_flag::exited | wait_flag::stopped | wait_flag::continued;
    constexpr auto allowed = events | wait_flag::no_hang | wait_flag::no_wait |
                             wait_flag::no_thread | wait_flag::clone | wait_flag::all;
    if ((flags & ~allowed) != 0 || (flags & events) == 0) return Errno::inval;
    WaitFor which{.flags = flags};
    auto const id = static_cast<Pid>(call.args[1]);
    bool nonblocking = false;
    switch (call.int_arg(0)) {
    case all: break;
    case one:
        if (id <= 0) return Errno::inval;
        which.kind = WaitFor::Kind::process, which.id = id;
        break;
    case group:
        if (id < 0) return Errno::inval;
        which.kind = WaitFor::Kind::group, which.id = id != 0 ? id : process.group->id;
        break;
    case descriptor: {
        if (id < 0) return Errno::inval;
        auto const file = TRY(call.task.descriptors->file(id));
        auto const* const named = file->named_process();
        if (named == nullptr) return Errno::badf;
        nonblocking = file->nonblocking();
        which.kind = WaitFor::Kind::process;
        which.id = named->process() != nullptr ? named->process()->pid : -1;
        break;
    }
    default: return Errno::inval;
    }

    auto const found = TRY(look_for_child(call.task, which));
    if (found.pid == 0 && (flags & wait_flag::no_hang) == 0) {
        if (nonblocking) return Errno::again;
        TRY(call.watch(process.child_events));
        return call.block(Errno::restart_sys);
    }
    if (call.args[4] != 0) TRY(call.task.memory().store(call.args[4], usage(found.count)));
    if (call.args[2] != 0) {
        SignalInfo info;
        if (found.pid != 0) {
            bool const ended = found.code == signal_code::child_exited;
            int const status = found.code == signal_code::child_stopped     ? found.status >> 8
                               : found.code == signal_code::child_continued ? 18
                               : ended                                      ? found.status >> 8
                                                                            : found.status & 0x7f;
            info = {.signal = Signal::chld,
                    .code = found.code,
                    .pid = found.pid,
                    .uid = found.uid,
                    .status = status};
        }
        TRY(call.task.memory().store(call.args[2], encode(info)));
    }
    return 0;
}

} // namespace personality::calls

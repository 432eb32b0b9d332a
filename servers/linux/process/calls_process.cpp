// clone, fork, vfork, execve, exit, wait4, waitid.

#include <servers/linux/fs/descriptor_table.hpp>
#include <servers/linux/fs/open_flags.hpp>
#include <servers/linux/fs/path.hpp>
#include <servers/linux/handlers.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/clone.hpp>
#include <servers/linux/process/end.hpp>
#include <servers/linux/process/exec.hpp>
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
    return clone_task(call, {.flags = call.args[0] & 0xffff'ff00,
                             .exit_signal = static_cast<std::uint32_t>(call.args[0] & signal_mask),
                             .stack = call.args[1],
                             .parent_tid = call.args[2],
                             .child_tid = call.args[3],
                             .tls = call.args[4]});
}

Outcome clone3(Call& call) {
    std::size_t const bytes = call.args[1];
    if (bytes < 64) return Errno::inval;
    if (bytes > page_bytes) return Errno::toobig;
    CloneWords words{};
    auto const known = std::min(bytes, sizeof(words));
    TRY(call.task.memory().copy_in(std::as_writable_bytes(std::span(&words, 1)).first(known),
                                   call.args[0]));
    for (std::size_t at = sizeof(words); at < bytes; at++)
        if (TRY(call.task.memory().load<char>(call.args[0] + at)) != 0) return Errno::toobig;
    if (words.set_tid_size != 0) return Errno::inval;
    if ((words.flags & 0xff) != 0 || words.exit_signal > signal_count) return Errno::inval;
    if ((words.stack == 0) != (words.stack_size == 0)) return Errno::inval;
    return clone_task(call, {.flags = words.flags,
                             .exit_signal = static_cast<std::uint32_t>(words.exit_signal),
                             .stack = words.stack + words.stack_size,
                             .parent_tid = words.parent_tid,
                             .child_tid = words.child_tid,
                             .tls = words.tls});
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

    auto const found = TRY(look_for_child(process, which));
    if (found.pid == 0) {
        if ((flags & wait_flag::no_hang) != 0) return 0;
        TRY(call.watch(process.child_events));
        return call.block(Errno::restart_sys);
    }
    if (call.args[1] != 0) TRY(call.task.memory().store(call.args[1], found.status));
    if (call.args[3] != 0)
        TRY(call.task.memory().store(call.args[3], usage(found.user_ns, found.system_ns)));
    return found.pid;
}

Outcome waitid(Call& call) {
    Process& process = call.task.process;
    constexpr std::uint64_t all = 0, one = 1, group = 2;
    auto const flags = call.int_arg(3);
    constexpr auto events = wait_flag::exited | wait_flag::stopped | wait_flag::continued;
    constexpr auto allowed = events | wait_flag::no_hang | wait_flag::no_wait |
                             wait_flag::no_thread | wait_flag::clone | wait_flag::all;
    if ((flags & ~allowed) != 0 || (flags & events) == 0) return Errno::inval;
    WaitFor which{.flags = flags};
    auto const id = static_cast<Pid>(call.args[1]);
    if (call.args[0] == one) {
        if (id <= 0) return Errno::inval;
        which.kind = WaitFor::Kind::process, which.id = id;
    } else if (call.args[0] == group) {
        if (id < 0) return Errno::inval;
        which.kind = WaitFor::Kind::group, which.id = id != 0 ? id : process.group->id;
    } else if (call.args[0] != all) {
        return Errno::inval;
    }

    auto const found = TRY(look_for_child(process, which));
    if (found.pid == 0 && (flags & wait_flag::no_hang) == 0) {
        TRY(call.watch(process.child_events));
        return call.block(Errno::restart_sys);
    }
    if (call.args[4] != 0)
        TRY(call.task.memory().store(call.args[4], usage(found.user_ns, found.system_ns)));
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

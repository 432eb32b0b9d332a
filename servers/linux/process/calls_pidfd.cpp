// Descriptors for processes: opened, signalled, looked into.

#include <servers/linux/fs/descriptor_table.hpp>
#include <servers/linux/fs/open_flags.hpp>
#include <servers/linux/handlers.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/pid_file.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/signal/frame.hpp>
#include <servers/linux/signal/permission.hpp>
#include <servers/linux/signal/send.hpp>
#include <servers/linux/system.hpp>

namespace personality::calls {

namespace {

std::uint32_t descriptor_limit(Task const& task) {
    return static_cast<std::uint32_t>(task.process.limits.soft(Limit::nofile));
}

/// As for ptrace: the same user through and through, and nothing to hide.
bool may_look_into(Task const& asking, Process const& target) {
    auto const& mine = asking.identity();
    auto const& its = target.identity;
    if (mine.can(Identity::sys_ptrace)) return true;
    bool const same_user =
        mine.fsuid == its.uid && mine.fsuid == its.euid && mine.fsuid == its.suid;
    bool const same_group =
        mine.fsgid == its.gid && mine.fsgid == its.egid && mine.fsgid == its.sgid;
    return same_user && same_group && target.dumpable && (its.permitted & ~mine.permitted) == 0;
}

} // namespace

Outcome pidfd_open(Call& call) {
    auto const pid = static_cast<Pid>(call.args[0]);
    if ((call.int_arg(1) & ~open_flag::nonblock) != 0 || pid <= 0) return Errno::inval;
    auto& tasks = call.task.system().tasks;
    auto* const process = tasks.process(pid);
    if (process == nullptr)
        return tasks.task(pid) != nullptr ? Errno::inval : Errno::srch; // a thread is no process
    auto file = TRY(open_process(*process, call.int_arg(1)));
    return call.task.descriptors->add(std::move(file), true, descriptor_limit(call.task));
}

Outcome pidfd_send_signal(Call& call) {
    Task& task = call.task;
    if (call.int_arg(3) != 0) return Errno::inval;
    auto* const process = TRY(process_of(task, call.fd_arg(0)));
    auto const number = call.int_arg(1);
    SignalInfo info{.signal = static_cast<Signal>(number),
                    .code = signal_code::user,
                    .pid = task.process.pid,
                    .uid = task.identity().uid};
    if (call.args[2] != 0) {
        info = decode(TRY(task.memory().load<SignalInfoBytes>(call.args[2])));
        if (info.signal != static_cast<Signal>(number)) return Errno::inval;
        if ((info.code >= 0 || info.code == signal_code::tkill) && process != &task.process)
            return Errno::perm;
    }
    if (number > signal_count) return Errno::inval;
    if (!may_signal(task, *process, info.signal)) return Errno::perm;
    if (number == 0) return 0;
    return send_signal(*process, info);
}

Outcome pidfd_getfd(Call& call) {
    Task& task = call.task;
    if (call.int_arg(2) != 0) return Errno::inval;
    auto* const process = TRY(process_of(task, call.fd_arg(0)));
    if (process->tasks.empty() || process->state == Process::State::zombie) return Errno::srch;
    if (!may_look_into(task, *process)) return Errno::perm;
    for (auto const& each : process->tasks) {
        if (!each.descriptors) continue;
        auto file = TRY(each.descriptors->any_file(call.fd_arg(1)));
        return task.descriptors->add(std::move(file), true, descriptor_limit(task));
    }
    return Errno::badf;
}

} // namespace personality::calls

// Who a process is: numbers, groups, sessions, users.

#include <servers/linux/handlers.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/capabilities.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/system.hpp>

namespace personality::calls {

namespace {

constexpr std::uint32_t unchanged = ~0U;

Process* process_arg(Call& call, std::uint64_t value) {
    auto const pid = static_cast<Pid>(value);
    return pid == 0 ? &call.task.process : call.task.system().tasks.process(pid);
}

void join_group(Process& process, Ref<ProcessGroup> group) {
    process.group->leave(process);
    group->join(process);
}

/// One of the ids that an unprivileged process may change between.
template <class... T> bool one_of(std::uint32_t value, T... allowed) {
    return value == unchanged || ((value == allowed) || ...);
}

/// Take on a new identity, with all that hangs on it.
Outcome become(Task& task, Identity const& wanted) {
    Process& process = task.process;
    Identity const old = process.identity;
    if (wanted.uid != old.uid) {
        auto account = task.system().accounts.of(wanted.uid);
        if (!account) return Errno::again;
        process.account = std::move(*account);
    }
    process.identity = wanted;
    follow_user_ids(process.identity, old);
    bool const other = old.euid != wanted.euid || old.egid != wanted.egid ||
                       old.fsuid != wanted.fsuid || old.fsgid != wanted.fsgid;
    // What others may see of it, and who ends it, was said by somebody else.
    if (other) process.dumpable = false, process.parent_death_signal = 0;
    return 0;
}

} // namespace

Outcome getpid(Call& call) { return call.task.process.pid; }
Outcome gettid(Call& call) { return call.task.tid; }
Outcome getppid(Call& call) { return call.task.process.parent_pid(); }
Outcome getuid(Call& call) { return call.task.identity().uid; }
Outcome geteuid(Call& call) { return call.task.identity().euid; }
Outcome getgid(Call& call) { return call.task.identity().gid; }
Outcome getegid(Call& call) { return call.task.identity().egid; }
Outcome getpgrp(Call& call) { return call.task.process.group->id; }

Outcome getpgid(Call& call) {
    auto* process = process_arg(call, call.args[0]);
    return process ? Outcome(process->group->id) : Errno::srch;
}

Outcome getsid(Call& call) {
    auto* process = process_arg(call, call.args[0]);
    return process ? Outcome(process->group->session->id) : Errno::srch;
}

Outcome setpgid(Call& call) {
    Process& self = call.task.process;
    auto const wanted = static_cast<Pid>(call.args[1]);
    if (wanted < 0) return Errno::inval;
    auto* process = process_arg(call, call.args[0]);
    if (process == nullptr) return Errno::srch;
    if (process != &self) {
        if (process->parent != &self) return Errno::srch;
        if (process->group->session != self.group->session) return Errno::perm;
        if (process->has_executed) return Errno::acces;
    }
    if (process->group->session->id == process->pid) return Errno::perm;
    Pid const id = wanted != 0 ? wanted : process->pid;
    if (process->group->id == id) return 0;
    if (auto* group = self.system.tasks.group(id)) {
        if (group->session != process->group->session) return Errno::perm;
        join_group(*process, Ref<ProcessGroup>(group));
        return 0;
    }
    if (id != process->pid) return Errno::perm;
    auto group = make<ProcessGroup>(id, process->group->session);
    if (!group) return Errno::nomem;
    join_group(*process, group);
    return 0;
}

Outcome setsid(Call& call) {
    Process& self = call.task.process;
    if (self.system.tasks.group(self.pid) != nullptr) return Errno::perm;
    auto session = make<Session>(self.pid);
    if (!session) return Errno::nomem;
    auto group = make<ProcessGroup>(self.pid, session);
    if (!group) return Errno::nomem;
    session->leader = &self;
    join_group(self, group);
    self.left_terminal = false;
    return self.pid;
}

Outcome getresuid(Call& call) {
    auto const& id = call.task.identity();
    TRY(call.task.memory().store(call.args[0], id.uid));
    TRY(call.task.memory().store(call.args[1], id.euid));
    return call.task.memory().store(call.args[2], id.suid);
}

Outcome getresgid(Call& call) {
    auto const& id = call.task.identity();
    TRY(call.task.memory().store(call.args[0], id.gid));
    TRY(call.task.memory().store(call.args[1], id.egid));
    return call.task.memory().store(call.args[2], id.sgid);
}

Outcome setresuid(Call& call) {
    auto id = call.task.identity();
    auto const real = call.int_arg(0), effective = call.int_arg(1), saved = call.int_arg(2);
    if (!id.can(Identity::setuid)) {
        for (auto value : {real, effective, saved})
            if (!one_of(value, id.uid, id.euid, id.suid)) return Errno::perm;
    }
    if (real != unchanged) id.uid = real;
    if (effective != unchanged) id.euid = id.fsuid = effective;
    if (saved != unchanged) id.suid = saved;
    id.fsuid = id.euid;
    return become(call.task, id);
}

Outcome setresgid(Call& call) {
    auto id = call.task.identity();
    auto const real = call.int_arg(0), effective = call.int_arg(1), saved = call.int_arg(2);
    if (!id.can(Identity::setgid)) {
        for (auto value : {real, effective, saved})
            if (!one_of(value, id.gid, id.egid, id.sgid)) return Errno::perm;
    }
    if (real != unchanged) id.gid = real;
    if (effective != unchanged) id.egid = effective;
    if (saved != unchanged) id.sgid = saved;
    id.fsgid = id.egid;
    return become(call.task, id);
}

Outcome setreuid(Call& call) {
    Identity const old = call.task.identity();
    auto id = old;
    auto const real = call.int_arg(0), effective = call.int_arg(1);
    if (!id.can(Identity::setuid)) {
        if (!one_of(real, id.uid, id.euid)) return Errno::perm;
        if (!one_of(effective, id.uid, id.euid, id.suid)) return Errno::perm;
    }
    if (real != unchanged) id.uid = real;
    if (effective != unchanged) id.euid = effective;
    if (real != unchanged || (effective != unchanged && effective != old.uid)) id.suid = id.euid;
    id.fsuid = id.euid;
    return become(call.task, id);
}

Outcome setregid(Call& call) {
    Identity const old = call.task.identity();
    auto id = old;
    auto const real = call.int_arg(0), effective = call.int_arg(1);
    if (!id.can(Identity::setgid)) {
        if (!one_of(real, id.gid, id.egid)) return Errno::perm;
        if (!one_of(effective, id.gid, id.egid, id.sgid)) return Errno::perm;
    }
    if (real != unchanged) id.gid = real;
    if (effective != unchanged) id.egid = effective;
    if (real != unchanged || (effective != unchanged && effective != old.gid)) id.sgid = id.egid;
    id.fsgid = id.egid;
    return become(call.task, id);
}

Outcome setuid(Call& call) {
    auto id = call.task.identity();
    auto const wanted = call.int_arg(0);
    if (wanted == unchanged) return Errno::inval;
    if (id.can(Identity::setuid))
        id.uid = id.suid = wanted;
    else if (wanted != id.uid && wanted != id.suid)
        return Errno::perm;
    id.euid = id.fsuid = wanted;
    return become(call.task, id);
}

Outcome setgid(Call& call) {
    auto id = call.task.identity();
    auto const wanted = call.int_arg(0);
    if (wanted == unchanged) return Errno::inval;
    if (id.can(Identity::setgid))
        id.gid = id.sgid = wanted;
    else if (wanted != id.gid && wanted != id.sgid)
        return Errno::perm;
    id.egid = id.fsgid = wanted;
    return become(call.task, id);
}

Outcome setfsuid(Call& call) {
    auto& process = call.task.process;
    auto& id = process.identity;
    auto const old = id.fsuid, wanted = call.int_arg(0);
    bool const allowed =
        id.can(Identity::setuid) || one_of(wanted, id.uid, id.euid, id.suid, id.fsuid);
    if (!allowed || wanted == unchanged || wanted == old) return old;
    id.fsuid = wanted;
    follow_file_user(id, old);
    process.dumpable = false;
    return old;
}

Outcome setfsgid(Call& call) {
    auto& process = call.task.process;
    auto& id = process.identity;
    auto const old = id.fsgid, wanted = call.int_arg(0);
    bool const allowed =
        id.can(Identity::setgid) || one_of(wanted, id.gid, id.egid, id.sgid, id.fsgid);
    if (!allowed || wanted == unchanged || wanted == old) return old;
    id.fsgid = wanted;
    process.dumpable = false;
    return old;
}

Outcome getgroups(Call& call) {
    auto const& id = call.task.identity();
    auto const room = static_cast<std::int32_t>(call.args[0]);
    if (room < 0) return Errno::inval;
    if (room == 0) return id.group_count;
    if (static_cast<std::uint32_t>(room) < id.group_count) return Errno::inval;
    TRY(call.task.memory().copy_out(call.args[1],
                                    std::as_bytes(std::span(id.groups).first(id.group_count))));
    return id.group_count;
}

Outcome setgroups(Call& call) {
    auto& id = call.task.process.identity;
    if (!id.can(Identity::setgid)) return Errno::perm;
    constexpr std::uint32_t most = 65536; // NGROUPS_MAX
    auto const count = call.int_arg(0);
    if (count > most) return Errno::inval;
    if (count > Identity::max_groups) return Errno::nomem;
    auto groups = id.groups;
    TRY(call.task.memory().copy_in(std::as_writable_bytes(std::span(groups).first(count)),
                                   call.args[1]));
    id.groups = groups;
    id.group_count = count;
    return 0;
}

namespace {
struct CapabilityHeader {
    std::uint32_t version;
    std::int32_t pid;
};
struct CapabilityData {
    std::uint32_t effective, permitted, inheritable;
};
constexpr std::uint32_t capability_version_1 = 0x1998'0330, capability_version_2 = 0x2007'1026,
                        capability_version_3 = 0x2008'0522;

/// How many data words the version has; an unknown one is answered with the current.
Result<unsigned> capability_words(Call& call, CapabilityHeader const& header) {
    if (header.version == capability_version_1) return 1U;
    if (header.version == capability_version_2 || header.version == capability_version_3) return 2U;
    TRY(call.task.memory().store(call.args[0], capability_version_3));
    return fail(Errno::inval);
}
} // namespace

Outcome capget(Call& call) {
    auto const header = TRY(call.task.memory().load<CapabilityHeader>(call.args[0]));
    auto const words = capability_words(call, header);
    if (!words) return call.args[1] == 0 ? Outcome(0) : Outcome(words.error());
    if (header.pid < 0) return Errno::inval;
    auto const* const task =
        header.pid == 0 ? &call.task : call.task.system().tasks.task(header.pid);
    if (task == nullptr) return Errno::srch;
    auto const& id = task->identity();
    for (unsigned i = 0; i < *words; i++) {
        auto const part = [&](std::uint64_t set) {
            return static_cast<std::uint32_t>(set >> (32 * i));
        };
        CapabilityData const data{part(id.effective), part(id.permitted), part(id.inheritable)};
        TRY(call.task.memory().store(call.args[1] + i * sizeof(data), data));
    }
    return 0;
}

Outcome capset(Call& call) {
    auto const header = TRY(call.task.memory().load<CapabilityHeader>(call.args[0]));
    auto const words = TRY(capability_words(call, header));
    if (header.pid != 0 && header.pid != call.task.tid) return Errno::perm;
    std::uint64_t effective = 0, permitted = 0, inheritable = 0;
    for (unsigned i = 0; i < words; i++) {
        auto const data =
            TRY(call.task.memory().load<CapabilityData>(call.args[1] + i * sizeof(CapabilityData)));
        effective |= std::uint64_t{data.effective} << (32 * i);
        permitted |= std::uint64_t{data.permitted} << (32 * i);
        inheritable |= std::uint64_t{data.inheritable} << (32 * i);
    }
    auto& id = call.task.process.identity;
    effective &= Identity::all, permitted &= Identity::all, inheritable &= Identity::all;
    bool const mighty = id.can(Identity::setpcap);
    if (!mighty && (inheritable & ~(id.inheritable | id.permitted)) != 0) return Errno::perm;
    if ((inheritable & ~(id.inheritable | id.bounding)) != 0) return Errno::perm;
    if ((permitted & ~id.permitted) != 0 || (effective & ~permitted) != 0) return Errno::perm;
    id.effective = effective;
    id.permitted = permitted;
    id.inheritable = inheritable;
    id.ambient &= permitted & inheritable;
    return 0;
}

} // namespace personality::calls

#include <servers/linux/process/clone.hpp>

#include <servers/linux/dispatch.hpp>
#include <servers/linux/fs/descriptor_table.hpp>
#include <servers/linux/fs/file.hpp>
#include <servers/linux/fs/file_context.hpp>
#include <servers/linux/futex/priority_lock.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/pid_file.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/signal/alternate_stack.hpp>
#include <servers/linux/system.hpp>

#include <algorithm>
#include <memory>
#include <new>

namespace personality {

Result<> check_spaces(Task const& task, std::uint64_t flags) {
    if ((flags & clone_flag::spaces) == 0) return {};
    // As a Linux without them: who might make one hears that there are none.
    bool const allowed =
        (flags & clone_flag::new_user) != 0 || task.identity().can(Identity::sys_admin);
    return fail(allowed ? Errno::inval : Errno::perm);
}

namespace {

/// Frames that a new task may need before it has done anything: asked for beforehand, so that a
/// system at its end says no instead of beginning.
constexpr std::size_t frames_for_task = 4, frames_for_process = 32;

Result<> check_flags(Task const& parent, CloneRequest const& request) {
    using namespace clone_flag;
    auto const flags = request.flags;
    auto const has = [&](std::uint64_t all) { return (flags & all) == all; };
    if (has(new_ns | fs) || has(new_user | fs)) return fail(Errno::inval);
    if (has(thread) && !has(sighand)) return fail(Errno::inval);
    if (has(sighand) && !has(vm)) return fail(Errno::inval);
    if (has(clear_sighand | sighand)) return fail(Errno::inval);
    if (has(clone_flag::parent) && parent.process.init()) return fail(Errno::inval);
    if (has(pidfd) && (has(thread) || has(detached))) return fail(Errno::inval);
    if (has(settls) && request.tls >= layout::task_end) return fail(Errno::perm);
    if (request.stack >= layout::task_end) return fail(Errno::perm);
    TRY(check_spaces(parent, flags));
    return {};
}

/// RLIMIT_NPROC counts the tasks of a real user; zombies are tasks.
Result<> check_count(Process const& parent) {
    auto const limit = parent.limits.soft(Limit::nproc);
    auto const& identity = parent.identity;
    if (identity.uid == 0 || limit == unlimited) return {};
    if (identity.can(Identity::sys_resource) || identity.can(Identity::sys_admin)) return {};
    std::uint64_t count = 0;
    for (auto* each = parent.system.tasks.first(); each; each = each->next_process)
        if (each->identity.uid == identity.uid)
            count += std::max<std::uint32_t>(1, each->task_count);
    if (count >= limit) return fail(Errno::again);
    return {};
}

Result<> check(Task const& parent, CloneRequest const& request) {
    TRY(check_flags(parent, request));
    bool const is_thread = (request.flags & clone_flag::thread) != 0;
    if (!parent.environment().frames.can_take(is_thread ? frames_for_task : frames_for_process))
        return fail(Errno::nomem);
    return check_count(parent.process);
}

/// What a child process has of its parent.
Result<std::unique_ptr<Process>> make_process(Task& parent, CloneRequest const& request, Pid pid) {
    Process& from = parent.process;
    System& system = from.system;
    std::unique_ptr<Process> child(new (std::nothrow) Process(system, pid));
    if (!child) return fail(Errno::nomem);
    child->identity = from.identity;
    child->limits = from.limits;
    child->executable = from.executable;
    child->dumpable = from.dumpable;
    child->no_new_privileges = from.no_new_privileges;
    child->huge_pages_disabled = from.huge_pages_disabled;
    child->account = from.account;
    child->personality_bits = from.personality_bits;
    child->left_terminal = from.left_terminal;
    child->login_user = from.login_user;
    child->oom_score_adjustment = from.oom_score_adjustment;
    // A sibling tells the common parent of its end as its maker does, not as it likes: otherwise
    // everybody could send any signal to his parent.
    child->exit_signal =
        (request.flags & clone_flag::parent) != 0 ? from.exit_signal : request.exit_signal;
    child->started = system.now();
    child->maker = (request.flags & clone_flag::parent) != 0 ? from.maker : parent.tid;
    if ((request.flags & clone_flag::sighand) != 0)
        child->handlers = from.handlers;
    else
        child->handlers = from.handlers->copy();
    if (!child->handlers) return fail(Errno::nomem);
    if ((request.flags & clone_flag::clear_sighand) != 0) child->handlers->reset_caught();
    if ((request.flags & clone_flag::vm) != 0)
        child->memory = from.memory;
    else
        child->memory = TRY(from.memory->fork());
    child->handle = TRY(system.machine.make_process(child->memory->handle(), parent.name.data()));
    return child;
}

Result<std::unique_ptr<Task>> make_task(Task& parent, CloneRequest const& request, Process& process,
                                        Pid tid) {
    std::unique_ptr<Task> child(new (std::nothrow) Task(process, tid));
    if (!child) return fail(Errno::nomem);
    child->name = parent.name;
    child->schedule = parent.schedule;
    if (parent.schedule.reset_on_fork) {
        if (child->schedule.real_time()) child->schedule.policy = Schedule::Policy::other;
        child->schedule.priority = 0;
        child->schedule.nice = std::max<std::int8_t>(0, child->schedule.nice);
        child->schedule.reset_on_fork = false;
    }
    child->processors = parent.processors;
    child->processor = parent.processor;
    child->timer_slack = parent.timer_slack;
    child->blocked_signals = parent.blocked_signals;
    if (parent.restore_signals) child->blocked_signals = parent.saved_signals;
    if ((request.flags & clone_flag::vm) == 0 || (request.flags & clone_flag::vfork) != 0)
        child->signal_stack = parent.signal_stack;
    else
        child->signal_stack.flags = stack_flag::disabled;
    child->descriptors = (request.flags & clone_flag::files) != 0 ? parent.descriptors
                                                                  : TRY(parent.descriptors->copy());
    child->place =
        (request.flags & clone_flag::fs) != 0 ? parent.place : make<FileContext>(*parent.place);
    if (!child->place) return fail(Errno::nomem);
    if ((request.flags & clone_flag::child_cleartid) != 0)
        child->clear_child_tid = request.child_tid;
    child->thread =
        TRY(process.system.machine.make_thread(process.handle, *child, child->processor));
    return child;
}

void enlist(Process& process, Process& parent) {
    process.parent = &parent;
    parent.children.push_back(process);
    parent.group->join(process);
    process.system.tasks.add(process);
    process.system.forks++;
}

/// CLONE_PIDFD.
Result<> tell_descriptor(Task& parent, Process& child, CloneRequest const& request) {
    auto file = TRY(open_process(child, 0));
    auto const limit = parent.process.limits.soft(Limit::nofile);
    auto const fd =
        TRY(parent.descriptors->add(std::move(file), true, static_cast<std::uint32_t>(limit)));
    auto const told = parent.memory().store(request.descriptor, fd);
    if (!told) static_cast<void>(parent.descriptors->close(fd));
    return told;
}

} // namespace

Outcome clone_task(Call& call, CloneRequest const& request) {
    Task& parent = call.task;
    System& system = parent.system();
    if (call.progress[0] != 0) { // vfork: is the child done?
        auto const pid = static_cast<Pid>(call.progress[0]);
        auto* child = system.tasks.process(pid);
        if (child == nullptr || !child->vfork_pending || child->parent != &parent.process)
            return pid;
        TRY(call.watch(child->vfork_done));
        return Outcome::blocked(); // no signal ends this
    }

    TRY(check(parent, request));
    bool const is_thread = (request.flags & clone_flag::thread) != 0;
    Pid const tid =
        TRY(request.tid != 0 ? system.tasks.claim(request.tid) : system.tasks.allocate());
    std::unique_ptr<Process> process;
    if (!is_thread) {
        auto made = make_process(parent, request, tid);
        if (!made) return made.error();
        process = std::move(*made);
    }
    Process& home = is_thread ? parent.process : *process;
    auto made = make_task(parent, request, home, tid);
    if (!made) return made.error(); // the process takes its handle with it
    Task& child = **made;
    if ((request.flags & clone_flag::pidfd) != 0) TRY(tell_descriptor(parent, *process, request));

    // Nothing fails from here on.
    made->release();
    home.tasks.push_back(child);
    home.task_count++;
    system.tasks.add(child);
    if (!is_thread) {
        home.leader = &child;
        bool const sibling = (request.flags & clone_flag::parent) != 0;
        Process& of = sibling && parent.process.parent ? *parent.process.parent : parent.process;
        enlist(*process.release(), of);
        home.vfork_pending = (request.flags & clone_flag::vfork) != 0;
    }
    if ((request.flags & clone_flag::parent_settid) != 0)
        static_cast<void>(parent.memory().store(request.parent_tid, tid));
    if ((request.flags & clone_flag::child_settid) != 0)
        static_cast<void>(child.memory().store(request.child_tid, tid));

    Registers registers = registers_of(parent);
    registers.file.rax = 0;
    if (request.stack != 0) registers.file.rsp = request.stack;
    if ((request.flags & clone_flag::settls) != 0) registers.file.fs_base = request.tls;
    adjust_priority(child);
    if (!is_thread) home.itimers.limit_changed();
    system.processors.runs(child);
    system.machine.start(child.thread, registers);

    if (!home.vfork_pending || is_thread) return tid;
    call.progress[0] = static_cast<std::uint64_t>(tid);
    TRY(call.watch(home.vfork_done));
    return Outcome::blocked();
}

} // namespace personality

#include <servers/linux/process/end.hpp>

#include <servers/linux/fs/descriptor_table.hpp>
#include <servers/linux/fs/file.hpp>
#include <servers/linux/fs/file_context.hpp>
#include <servers/linux/futex/priority_lock.hpp>
#include <servers/linux/futex/robust_list.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/pid_file.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/process/resource_usage.hpp>
#include <servers/linux/signal/send.hpp>
#include <servers/linux/system.hpp>

#include <utility>

namespace personality {

void clear_child_word(Task& task) {
    auto const at = std::exchange(task.clear_child_tid, 0);
    if (at == 0) return;
    // Who joins it waits on this word; if it is not there, nobody does.
    if (!task.memory().store<std::uint32_t>(at, 0)) return;
    if (auto const place = task.memory().shared_place(at))
        static_cast<void>(task.system().futexes.wake({place->object, place->offset}, 1));
}

namespace {

/// What every task does on its way out, while it still has its memory.
void let_go(Task& task) {
    System& system = task.system();
    if (task.state == Task::State::ended) return;
    task.state = Task::State::ended;
    task.call.reset(0);
    task.deadline.cancel();
    task.cpu_deadline.cancel();
    task.process.cpu_alarms.forget(task);
    stop_waiting(task);
    if (task.process.memory) {
        release_robust_list(task);
        clear_child_word(task);
    }
    pass_on_locks(task);
    if (task.thread) {
        auto const count = count_of(task);
        task.process.ended.add(count);
        system.processors.ends(task, count.used_ns);
        system.machine.destroy(task.thread);
    }
    task.thread = {};
    if (task.reply) system.machine.drop(task.reply);
    task.reply = {};
    task.pending.clear();
    task.descriptors = {};
    task.place = {};
    task.process.task_count--;
}

/// The task itself goes when nobody can look at it any more.
void forget(Task& task) {
    System& system = task.system();
    base::List<Task, &Task::process_link>::remove(task);
    system.tasks.remove(task);
    task.next_dead = system.dead;
    system.dead = &task;
}

bool parent_does_not_care(Process& parent) {
    auto const& action = (*parent.handlers)[Signal::chld];
    return action.ignores() || action.has(SignalAction::no_child_wait);
}

void adopt(Process& child, Process& parent) {
    base::List<Process, &Process::sibling_link>::remove(child);
    child.parent = &parent;
    parent.children.push_back(child);
}

/// The nearest ancestor that reaps what is orphaned, or process 1.
Process& new_parent(Process& process) {
    for (auto* above = process.parent; above != nullptr; above = above->parent) {
        if (above->child_subreaper || above->init()) return *above;
    }
    return *process.system.tasks.process(1);
}

void tell_parent(Process& child, std::int32_t code, std::int32_t status) {
    Process& parent = *child.parent;
    if (child.exit_signal != 0 && child.exit_signal <= signal_count) {
        static_cast<void>(send_signal(parent, {.signal = static_cast<Signal>(child.exit_signal),
                                               .code = code,
                                               .pid = child.pid,
                                               .uid = child.identity.uid,
                                               .status = status,
                                               .utime = child.ended.used_ns / 10'000'000}));
    }
    parent.child_events.wake_all();
}

/// A member of a group has lost its parent, or has ended. If that was the group's last tie to the
/// rest of its session, nobody is left who could continue its stopped members: they get SIGHUP
/// and SIGCONT. A group that was without ties before is left alone.
void release_orphaned(ProcessGroup& group, Process const& parent) {
    bool const was_tie = parent.group.get() != &group && parent.group->session == group.session;
    if (!was_tie || parent.init() || group.empty() || !group.orphaned()) return;
    bool stopped = false;
    for (auto* member = group.first(); member != nullptr; member = member->next_in_group)
        stopped |= member->state == Process::State::stopped;
    if (!stopped) return;
    group.signal(Signal::hup);
    group.signal(Signal::cont);
}

void release_children(Process& process) {
    while (!process.children.empty()) {
        Process& child = process.children.front();
        Process& parent = new_parent(process);
        adopt(child, parent);
        if (child.parent_death_signal != 0)
            static_cast<void>(
                send_signal(child, {.signal = static_cast<Signal>(child.parent_death_signal)}));
        if (child.state == Process::State::zombie) {
            child.exit_signal = static_cast<std::uint32_t>(Signal::chld);
            tell_parent(child, signal_code::child_exited, 0);
            if (parent.init()) reap(child);
        } else {
            release_orphaned(*child.group, process);
        }
    }
}

void become_zombie(Process& process, std::int32_t status) {
    System& system = process.system;
    process.wait_status = status;
    process.state = Process::State::zombie;
    process.timers.clear();
    process.itimers.clear();
    process.cpu_alarms.clear();
    process.pending.clear();
    process.executable = {};
    if (process.handle) system.machine.destroy(process.handle);
    process.handle = {};
    remember_resident(process);
    process.memory = {};
    if (process.mark) process.mark->ended.wake_all(poll_event::readable);
    process.vfork_pending = false;
    process.vfork_done.wake_all();

    Ref<ProcessGroup> group = process.group;
    if (group->session->leader == &process) {
        group->session->leader = nullptr;
        end_session(*group->session);
    }
    release_children(process);
    if (process.observer != nullptr) process.observer->process_ended(process, status);
    Process& parent = *process.parent;
    release_orphaned(*group, parent);
    bool const alone =
        parent.init() || (process.exit_signal == static_cast<std::uint32_t>(Signal::chld) &&
                          parent_does_not_care(parent));
    int const signal = status & 0x7f;
    if (signal == 0)
        tell_parent(process, signal_code::child_exited, status >> 8);
    else
        tell_parent(process,
                    (status & 0x80) != 0 ? signal_code::child_dumped : signal_code::child_killed,
                    signal);
    if (alone) reap(process);
}

} // namespace

void end_task(Task& task, std::int32_t status) {
    Process& process = task.process;
    let_go(task);
    if (process.task_count != 0) {
        if (process.leader != &task) forget(task);
        // What it was about to take is the others'.
        if (!process.pending.set().empty()) look_for_signals(process);
        return;
    }
    // The leader's body stays until it is reaped: its name and number are the process's.
    if (process.leader != &task) forget(task);
    become_zombie(process, process.ending ? process.wait_status : status);
}

void end_process(Process& process, std::int32_t status) {
    if (process.ending || process.state == Process::State::zombie) return;
    process.ending = true;
    process.wait_status = status;
    for (auto it = process.tasks.begin(); it != process.tasks.end();) {
        Task& task = *it;
        ++it;
        if (task.state == Task::State::ended) continue;
        let_go(task);
        if (process.leader != &task) forget(task);
    }
    become_zombie(process, status);
}

void end_other_tasks(Task& survivor) {
    Process& process = survivor.process;
    for (auto it = process.tasks.begin(); it != process.tasks.end();) {
        Task& task = *it;
        ++it;
        if (&task == &survivor) continue;
        let_go(task);
        if (process.leader != &task) forget(task);
    }
    if (process.leader == &survivor) return;
    // Who execs becomes the leader, with the leader's number.
    Task& leader = *process.leader;
    forget(leader);
    process.system.tasks.remove(survivor);
    survivor.tid = process.pid;
    process.system.tasks.add(survivor);
    process.leader = &survivor;
}

void stop_process(Process& process, std::int32_t signal) {
    if (process.state != Process::State::running) return;
    process.state = Process::State::stopped;
    process.stop_signal = signal;
    process.stop_unreported = true;
    process.continue_unreported = false;
    // Whoever runs is called in; who waits in a call of ours is held when that is done.
    for (auto& task : process.tasks) {
        if (task.state != Task::State::running || &task == process.system.current) continue;
        if (!task.thread || task.kicked) continue;
        task.kicked = true;
        process.system.machine.kick(task.thread);
    }
    Process& parent = *process.parent;
    if (!(*parent.handlers)[Signal::chld].has(SignalAction::no_child_stop))
        tell_parent(process, signal_code::child_stopped, signal);
    else
        parent.child_events.wake_all();
}

void continue_process(Process& process) {
    if (process.state != Process::State::stopped) return;
    process.state = Process::State::running;
    process.stop_unreported = false;
    process.continue_unreported = true;
    for (auto& task : process.tasks) {
        if (task.state == Task::State::stopped) process.system.ready.push(task.call);
    }
    Process& parent = *process.parent;
    if (!(*parent.handlers)[Signal::chld].has(SignalAction::no_child_stop))
        tell_parent(process, signal_code::child_continued, static_cast<int>(Signal::cont));
    else
        parent.child_events.wake_all();
}

void reap(Process& process) {
    System& system = process.system;
    if (process.parent != nullptr) {
        process.parent->children_count.add(count_of_family(process));
        base::List<Process, &Process::sibling_link>::remove(process);
        process.parent = nullptr;
    }
    process.group->leave(process);
    Task* leader = process.leader;
    process.leader = nullptr;
    if (leader != nullptr) forget(*leader);
    system.tasks.remove(process);
    process.next_dead = system.dead_processes;
    system.dead_processes = &process;
}

void bury(System& system) {
    while (system.dead != nullptr) {
        Task* task = system.dead;
        system.dead = task->next_dead;
        delete task;
    }
    while (system.dead_processes != nullptr) {
        Process* process = system.dead_processes;
        system.dead_processes = process->next_dead;
        delete process;
    }
}

} // namespace personality

#include <servers/linux/process/process.hpp>
#include <servers/linux/process/task_table.hpp>

#include <new>

namespace personality {

TaskTable::Slot* TaskTable::slot(Pid pid) const {
    if (pid <= 0 || pid >= pid_max) return nullptr;
    auto const index = static_cast<std::size_t>(pid);
    Block* block = blocks_[index / slots_per_block];
    return block ? &block->slots[index % slots_per_block] : nullptr;
}

Result<Pid> TaskTable::allocate() {
    if (count_ >= max_tasks) return fail(Errno::again);
    for (Pid tries = 0; tries < pid_max; tries++) {
        last_ = last_ + 1 >= pid_max ? 2 : last_ + 1; // 1 is the first of all
        auto& block = blocks_[static_cast<std::size_t>(last_) / slots_per_block];
        if (!block) block = new (std::nothrow) Block;
        if (!block) return fail(Errno::nomem);
        auto const& at = *slot(last_);
        // A group or session outlives the process it is named after.
        if (!at.task && !at.process && !number_of_a_group(last_)) return last_;
    }
    return fail(Errno::again);
}

Result<Pid> TaskTable::claim(Pid pid) {
    if (count_ >= max_tasks) return fail(Errno::again);
    auto& block = blocks_[static_cast<std::size_t>(pid) / slots_per_block];
    if (!block) block = new (std::nothrow) Block;
    if (!block) return fail(Errno::nomem);
    auto const& at = *slot(pid);
    if (at.task || at.process || number_of_a_group(pid)) return fail(Errno::exist);
    return pid;
}

bool TaskTable::number_of_a_group(Pid id) const {
    for (auto* process = first_; process; process = process->next_process) {
        if (process->group && (process->group->id == id || process->group->session->id == id))
            return true;
    }
    return false;
}

void TaskTable::add(Task& task) {
    slot(task.tid)->task = &task;
    count_++;
}

void TaskTable::remove(Task& task) {
    slot(task.tid)->task = nullptr;
    count_--;
}

void TaskTable::add(Process& process) {
    slot(process.pid)->process = &process;
    process.next_process = first_;
    process.previous_process = nullptr;
    if (first_) first_->previous_process = &process;
    first_ = &process;
    processes_++;
}

void TaskTable::remove(Process& process) {
    slot(process.pid)->process = nullptr;
    (process.previous_process ? process.previous_process->next_process : first_) =
        process.next_process;
    if (process.next_process) process.next_process->previous_process = process.previous_process;
    processes_--;
}

Task* TaskTable::task(Pid tid) const {
    auto* at = slot(tid);
    return at ? at->task : nullptr;
}

Process* TaskTable::process(Pid pid) const {
    auto* at = slot(pid);
    return at ? at->process : nullptr;
}

ProcessGroup* TaskTable::group(Pid id) const {
    for (auto* process = first_; process; process = process->next_process) {
        if (process->group && process->group->id == id) return process->group.get();
    }
    return nullptr;
}

Process* TaskTable::next_process(Pid after) const {
    for (Pid pid = after < 0 ? 1 : after + 1; pid < pid_max; pid++) {
        auto const* block = blocks_[static_cast<std::size_t>(pid) / slots_per_block];
        if (!block) {
            pid |= static_cast<Pid>(slots_per_block - 1);
        } else if (auto* at = process(pid)) {
            return at;
        }
    }
    return nullptr;
}

} // namespace personality

#pragma once
// All tasks by their number, and all processes with them.

#include <servers/linux/errno.hpp>
#include <servers/linux/fs/ref.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace personality {

class Process;
class ProcessGroup;
class Session;
class Task;

using Pid = std::int32_t;

class TaskTable {
public:
    /// Numbers run up to here and then from 2 again; /proc/sys/kernel/pid_max.
    static constexpr Pid pid_max = 32768;
    static constexpr std::size_t max_tasks = 4096;

    /// A number nobody has: no task, process group or session. EAGAIN if there are too many tasks.
    Result<Pid> allocate();
    /// The number `pid`, if nobody has it. EEXIST, EAGAIN.
    Result<Pid> claim(Pid pid);
    void add(Task& task);
    void remove(Task& task);
    void add(Process& process);
    void remove(Process& process);

    Task* task(Pid tid) const;
    Process* process(Pid pid) const;
    /// The group of this number, found through its members.
    ProcessGroup* group(Pid id) const;
    /// All processes, newest first, through Process::next_process.
    Process* first() const { return first_; }
    std::size_t task_count() const { return count_; }
    std::size_t process_count() const { return processes_; }

    /// All processes in order of their number: the first one above `after`.
    Process* next_process(Pid after) const;

private:
    struct Slot {
        Task* task = nullptr;
        Process* process = nullptr;
    };
    // Two levels, so that a table for all numbers is not there before they are used.
    static constexpr std::size_t slots_per_block = 256;
    struct Block {
        std::array<Slot, slots_per_block> slots;
    };
    std::array<Block*, pid_max / slots_per_block> blocks_{};
    std::size_t count_ = 0, processes_ = 0;
    Pid last_ = 0;
    Process* first_ = nullptr; ///< all processes, newest first

    Slot* slot(Pid pid) const;
    bool number_of_a_group(Pid id) const;
};

} // namespace personality

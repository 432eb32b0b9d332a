#pragma once
// How tasks and processes end, stop and go on, and what their parents hear of it.

#include <cstdint>

namespace personality {

class Process;
class System;
class Task;

/// CLONE_CHILD_CLEARTID: the task leaves its memory.
void clear_child_word(Task& task);
/// End one task. The last one ends its process with `status` (as wait4 has it).
void end_task(Task& task, std::int32_t status);
/// End a process and all its tasks at once. The task that is being served is gone afterwards.
void end_process(Process& process, std::int32_t status);
/// End all tasks of the process but this one (exec).
void end_other_tasks(Task& survivor);

void stop_process(Process& process, std::int32_t signal);
void continue_process(Process& process);

/// Take a zombie out of the world.
void reap(Process& process);
/// Delete what has ended; called when no handler is under way.
void bury(System& system);

} // namespace personality

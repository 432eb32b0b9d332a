#pragma once
// execve: a process becomes another program.

#include <servers/linux/outcome.hpp>
#include <servers/linux/process/program.hpp>

namespace personality {

/// Replace the program of the task's process. On an error nothing has changed.
Outcome execute(Task& task, ProgramRequest const& request);
/// The parts of it that a new process needs as well: names, ids, handlers, descriptors.
Result<> become(Task& task, Program& program, std::string_view path);

} // namespace personality

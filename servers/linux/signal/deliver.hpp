#pragma once
// Taking signals on the way out to a program.

#include <servers/linux/outcome.hpp>

#include <cstdint>

namespace personality {

class System;
class Task;

enum class Delivery : std::uint8_t {
    result,    ///< go on with `task.outcome`
    registers, ///< go on with the system's registers: handlers run, or the call set them
    again,     ///< make the call again
    block,     ///< make restart_syscall in its place
    stopped,
    gone,
};

/// Act on every signal that the task can take. `outcome` is what its call came to.
Delivery deliver_signals(Task& task, Outcome outcome);

/// Memory is at its end: end the largest program, so that the rest can go on.
void relieve_memory(System& system, Task& asking);

} // namespace personality

#pragma once
// wait4 and waitid: what becomes of children.

#include <servers/linux/call.hpp>
#include <servers/linux/process/resource_count.hpp>
#include <servers/linux/process/task_table.hpp>

#include <cstdint>

namespace personality {

class Process;
class Task;

namespace wait_flag {
constexpr std::uint32_t no_hang = 1, stopped = 2, exited = 4, continued = 8, no_wait = 0x0100'0000,
                        no_thread = 0x2000'0000, all = 0x4000'0000, clone = 0x8000'0000;
}

/// Which children: as wait4's first argument.
struct WaitFor {
    enum class Kind : std::uint8_t { any, process, group } kind = Kind::any;
    Pid id = 0;
    std::uint32_t flags = 0;
};

/// What was found.
struct ChildEvent {
    Pid pid = 0; ///< 0: children are there, none has news
    std::uint32_t uid = 0;
    std::int32_t status = 0; ///< as wait4 has it
    std::int32_t code = 0;   ///< CLD_*
    ResourceCount count;
};

/// Look among the children of the task's process, or with no_thread of the task itself; unless
/// no_wait, what is found is taken. ECHILD.
Result<ChildEvent> look_for_child(Task& parent, WaitFor const& which);

} // namespace personality

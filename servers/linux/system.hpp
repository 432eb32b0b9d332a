#pragma once
// The root of everything the server knows: one instance is one container. All of it is under the
// one lock of the server (skerry/keeper.hpp), tests have one thread.

#include <servers/linux/call.hpp>
#include <servers/linux/environment.hpp>
#include <servers/linux/futex/futex_table.hpp>
#include <servers/linux/ipc/segment_table.hpp>
#include <servers/linux/machine/machine.hpp>
#include <servers/linux/process/placement.hpp>
#include <servers/linux/process/processors.hpp>
#include <servers/linux/process/task_table.hpp>
#include <servers/linux/process/user_account.hpp>
#include <servers/linux/time/alarm_clock.hpp>
#include <servers/linux/time/clock_watch.hpp>
#include <servers/linux/vdso/vdso.hpp>

#include <array>
#include <string_view>

namespace personality {

class FileSystem; ///< servers/linux/fs: the file tree

class System {
public:
    System(Environment& environment, Machine& machine)
        : environment(environment), machine(machine), processors(*this, machine.processors()) {}

    Environment& environment;
    Machine& machine;
    /// The file tree; set before the first program runs.
    FileSystem* files = nullptr;

    ReadyList ready;
    /// The task whose call, fault or kick is being served.
    Task* current = nullptr;
    /// Who is being answered has asked to let others run first.
    bool yields = false;
    /// The registers of a task, while it is served (dispatch.hpp).
    Registers registers;
    Task* registers_of = nullptr;
    /// Tasks that have ended, to be deleted when nobody looks at them any more.
    Task* dead = nullptr;
    Process* dead_processes = nullptr;
    AlarmClock alarms;
    Processors processors;
    ClockWatches clock_watches;
    TaskTable tasks;
    UserAccounts accounts;
    FutexTable futexes;
    SegmentTable segments; ///< System V shared memory
    Vdso vdso;             ///< not loaded: programs make calls
    std::array<char, 65> host_name{"skerry"};
    std::array<char, 65> domain_name{"(none)"};
    std::array<std::uint64_t, 3> load{}; ///< 16.16 fixed point, as sysinfo reports it
    std::uint64_t forks = 0;
    Randomize randomize = Randomize::heap_too;

    /// Set by whoever wants to be asked before the loop waits next (a terminal with output).
    bool attention = false;
    /// True if something is to be done besides answering the task that was served.
    bool busy() {
        return !ready.empty() || dead != nullptr || dead_processes != nullptr || attention;
    }

    Instant now() const { return environment.clock.monotonic(); }
    void set_realtime(std::uint64_t ns) {
        environment.clock.set_realtime(ns);
        for (auto& watch : clock_watches) watch.clock_set();
    }
};

} // namespace personality

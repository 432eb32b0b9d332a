// Calls of a thread on itself.

#include <kernel/call/handlers.hpp>
#include <kernel/cap/teardown.hpp>
#include <kernel/sched/schedule.hpp>
#include <kernel/trace/trace.hpp>

namespace kernel {

HANDLE(Yield) {
    if (!on.self.context->exhausted) schedule::yield(); // else it has no turn to pass on
    // The result is written here: the thread may not be the current one any more.
    on.self.frame.rax = 0;
    on.self.frame.rdx = 0;
    return base::fail(no_result);
}

HANDLE(ThreadExit) {
    on.self.end();
    return base::fail(no_result);
}

HANDLE(ProcessExit, abi::Word code) {
    unsigned budget = teardown::step_budget;
    return base::fail(on.self.process->end(code, budget) ? no_result : again);
}

HANDLE(SetFsBase, abi::Word address) {
    if (address >= abi::user_end) return base::fail(abi::Error::out_of_range);
    unload(on.self, true);
    on.self.fs_base = address;
    return {};
}

HANDLE(TraceMark, abi::Word value) {
    trace::mark(on.self, value);
    return {};
}

HANDLE(Reap) {
    unsigned budget = teardown::step_budget;
    if (!teardown::reap(budget)) return base::fail(again);
    return {};
}

} // namespace kernel

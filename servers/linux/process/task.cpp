#include <servers/linux/process/task.hpp>

#include <servers/linux/fs/descriptor_table.hpp>
#include <servers/linux/fs/file.hpp>
#include <servers/linux/fs/file_context.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/pid_file.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/system.hpp>

namespace personality {

namespace {

void deadline_passed(Alarm& alarm) {
    auto& call = *static_cast<Call*>(alarm.owner);
    call.unwatch();
    call.ready->push(call);
}

} // namespace

Task::Task(Process& of, Pid number) : process(of), tid(number) {
    call.ready = &process.system.ready;
    deadline.owner = &call;
    deadline.ring = deadline_passed;
    futex.call = &call;
    seen_at = process.system.now();
}

Task::~Task() {
    ReadyList::remove(call);
    FutexTable::remove(futex);
    if (thread) process.system.machine.destroy(thread);
}

ProgramSpace& Task::memory() const { return *process.memory; }
System& Task::system() const { return process.system; }
Environment& Task::environment() const { return process.system.environment; }
Identity const& Task::identity() const { return process.identity; }

Process::Process(System& of, Pid number) : system(of), pid(number) {}
Process::~Process() {
    if (mark) mark->process = nullptr;
    if (handle) system.machine.destroy(handle);
}

} // namespace personality

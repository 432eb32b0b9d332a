// /proc/PID/stat: one line of 52 fields, proc(5).

#include <servers/linux/fs/generated/text.hpp>
#include <servers/linux/fs/proc/proc_task.hpp>
#include <servers/linux/fs/terminal/terminal.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/process/resource_usage.hpp>
#include <servers/linux/system.hpp>

namespace personality {

char state_letter(Task const& task) {
    if (task.process.state == Process::State::zombie || task.state == Task::State::ended)
        return 'Z';
    if (task.process.state == Process::State::stopped) return 'T';
    if (task.process.init()) return 'S'; // it has no program
    return task.state == Task::State::running ? 'R' : 'S';
}

Result<> render_stat(Task& task, Text& text) {
    constexpr std::uint64_t tick = 10'000'000;
    auto& process = task.process;
    auto const* const session = process.group ? process.group->session.get() : nullptr;
    auto const* const terminal = session != nullptr ? session->terminal : nullptr;
    auto const* const memory = process.memory.get();
    ProgramSpace::Parts const none, &parts = memory != nullptr ? memory->parts : none;

    auto const number = [&](std::uint64_t value) { text.decimal(value).put(' '); };
    auto const zeros = [&](int count) {
        while (count-- > 0) text.put("0 ");
    };
    text.integer(task.tid).put(" (").put(task.name.data()).put(") ");
    text.put(state_letter(task)).put(' ').integer(process.parent_pid()).put(' ');
    text.integer(process.group ? process.group->id : 0).put(' ');
    text.integer(session != nullptr ? session->id : 0).put(' ');
    number(terminal != nullptr ? terminal->number.encoded() : 0);
    text.integer(terminal != nullptr && terminal->foreground ? terminal->foreground->id : -1);
    text.put(' ');
    zeros(1); // flags
    number(count_of(process).faults);
    zeros(3);
    number(processor_time(process) / tick);
    zeros(1);
    number(process.children_count.used_ns / tick);
    zeros(1);
    text.integer(20 + task.schedule.nice).put(' ').integer(task.schedule.nice).put(' ');
    number(process.task_count);
    zeros(1);
    number(process.started / tick);
    number(memory != nullptr ? memory->total_pages() * page_bytes : 0);
    number(memory != nullptr ? memory->resident() : 0);
    number(~std::uint64_t{0}); // rsslim
    number(parts.code_start), number(parts.code_end), number(parts.stack_start);
    zeros(2);
    number(task.pending.set().bits()), number(task.blocked_signals.bits());
    zeros(2);
    zeros(3);
    number(process.exit_signal);
    number(task.processor), number(task.schedule.priority);
    number(static_cast<std::uint64_t>(task.schedule.policy));
    zeros(3);
    number(parts.data_start), number(parts.data_end);
    number(memory != nullptr ? memory->break_start() : 0);
    number(parts.argument_start), number(parts.argument_end);
    number(parts.environment_start), number(parts.environment_end);
    text.decimal(static_cast<std::uint32_t>(process.wait_status)).put('\n');
    return {};
}

} // namespace personality

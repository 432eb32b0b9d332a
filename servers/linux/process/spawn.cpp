#include <servers/linux/process/spawn.hpp>

#include <servers/linux/fs/descriptor_table.hpp>
#include <servers/linux/fs/file_context.hpp>
#include <servers/linux/fs/open_flags.hpp>
#include <servers/linux/fs/terminal/terminal.hpp>
#include <servers/linux/process/end.hpp>
#include <servers/linux/process/exec.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/system.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <new>

namespace personality {

namespace {

Result<> lead_session(Process& process) {
    auto session = make<Session>(process.pid);
    if (!session) return fail(Errno::nomem);
    auto group = make<ProcessGroup>(process.pid, session);
    if (!group) return fail(Errno::nomem);
    session->leader = &process;
    group->join(process);
    return {};
}

std::string_view search_path(std::span<std::string_view const> environment) {
    constexpr std::string_view name = "PATH=";
    for (auto text : environment)
        if (text.starts_with(name)) return text.substr(name.size());
    return "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
}

struct Found {
    Ref<File> file;
    std::array<char, 4096> path{};
    std::size_t length = 0;
    std::string_view text() const { return {path.data(), length}; }
};

/// Try one name; as a shell does, EACCES is remembered over ENOENT.
Result<> try_program(Task& task, std::string_view folder, std::string_view name, Found& found) {
    std::size_t const slash = folder.empty() ? 0 : 1;
    if (folder.size() + slash + name.size() >= found.path.size()) return fail(Errno::nametoolong);
    auto* end = std::ranges::copy(folder, found.path.data()).out;
    if (slash != 0) *end++ = '/';
    end = std::ranges::copy(name, end).out;
    found.length = static_cast<std::size_t>(end - found.path.data());
    found.file = TRY(open_program(task, at_flag::working_folder, found.text()));
    return {};
}

Result<> find_program(Task& task, SpawnRequest const& request, Found& found) {
    if (request.program.find('/') != std::string_view::npos)
        return try_program(task, {}, request.program, found);
    Errno worst = Errno::noent;
    auto rest = search_path(request.environment);
    while (!rest.empty()) {
        auto const end = std::min(rest.find(':'), rest.size());
        auto const tried = try_program(task, rest.substr(0, end), request.program, found);
        if (tried) return {};
        if (tried.error() == Errno::acces) worst = Errno::acces;
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return fail(worst);
}

} // namespace

Result<> start_first_process(System& system, Ref<FileContext> place) {
    std::unique_ptr<Process> process(new (std::nothrow) Process(system, 1));
    if (!process) return fail(Errno::nomem);
    std::unique_ptr<Task> task(new (std::nothrow) Task(*process, 1));
    if (!task) return fail(Errno::nomem);
    process->handlers = make<SignalHandlers>();
    task->descriptors = make<DescriptorTable>();
    task->place = std::move(place);
    if (!process->handlers || !task->descriptors) return fail(Errno::nomem);
    TRY(lead_session(*process));
    if (TRY(system.tasks.allocate()) != 1) return fail(Errno::exist);
    std::ranges::copy(std::string_view("init"), task->name.begin());
    process->started = system.now();
    process->leader = task.get();
    process->task_count = 1;
    process->tasks.push_back(*task);
    system.tasks.add(*task.release());
    system.tasks.add(*process.release());
    return {};
}

Result<Process*> spawn(System& system, SpawnRequest const& request) {
    Process& parent = *system.tasks.process(1);
    Pid const pid = TRY(system.tasks.allocate());
    std::unique_ptr<Process> process(new (std::nothrow) Process(system, pid));
    if (!process) return fail(Errno::nomem);
    std::unique_ptr<Task> task(new (std::nothrow) Task(*process, pid));
    if (!task) return fail(Errno::nomem);
    process->handlers = make<SignalHandlers>();
    if (!process->handlers) return fail(Errno::nomem);
    process->started = system.now();
    process->account = TRY(system.accounts.of(process->identity.uid));
    task->descriptors = request.descriptors;
    task->place = request.place;

    auto const found = std::unique_ptr<Found>(new (std::nothrow) Found);
    if (!found) return fail(Errno::nomem);
    TRY(find_program(*task, request, *found));
    StringList arguments(request.arguments), environment(request.environment);
    Program program = TRY(load_program(*task, {.file = found->file,
                                               .path = found->text(),
                                               .arguments = arguments,
                                               .environment = environment}));
    if (program.stillborn) return fail(Errno::noexec);
    process->memory = program.memory;
    process->handle = TRY(system.machine.make_process(program.memory->handle(), request.program));
    task->processor = system.processors.choose(task->processors);
    task->thread = TRY(system.machine.make_thread(process->handle, *task, task->processor));
    TRY(become(*task, program, found->text()));
    TRY(lead_session(*process));
    if (request.terminal != nullptr) static_cast<void>(request.terminal->acquire(*process, true));

    Registers registers{};
    clear_extended(registers);
    registers.file.rip = program.entry;
    registers.file.rsp = program.stack_pointer;
    registers.file.rflags = 0x202;
    process->leader = task.get();
    process->task_count = 1;
    process->tasks.push_back(*task);
    process->parent = &parent;
    process->observer = request.observer;
    parent.children.push_back(*process);
    system.tasks.add(*task);
    system.tasks.add(*process);
    system.processors.runs(*task);
    system.machine.start(task.release()->thread, registers);
    return process.release();
}

} // namespace personality

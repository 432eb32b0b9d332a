// The Linux personality's beginning: memory, file tree, process 1, terminals, then the keeper's loop.

#include <servers/linux/console_shell.hpp>
#include <servers/linux/fs/command/command_channel.hpp>
#include <servers/linux/fs/file_context.hpp>
#include <servers/linux/fs/file_system.hpp>
#include <servers/linux/fs/random/generator.hpp>
#include <servers/linux/fs/terminal/terminal.hpp>
#include <servers/linux/process/spawn.hpp>
#include <servers/linux/skerry/clock.hpp>
#include <servers/linux/skerry/console_session.hpp>
#include <servers/linux/skerry/keeper.hpp>
#include <servers/linux/skerry/machine.hpp>
#include <servers/linux/skerry/memory.hpp>
#include <servers/linux/terminal_link.hpp>

#include <runtime/log.hpp>
#include <runtime/start_page.hpp>

#include <memory>

using namespace personality;

namespace {

/// What must be there, or there is no personality.
template <class T>
T need(Result<T> result, char const* what) {
    if (!result) runtime::give_up("{}: errno {}", what, static_cast<int>(result.error()));
    if constexpr (!std::is_void_v<T>) return std::move(*result);
}

runtime::Endpoint make_keeper_endpoint() {
    auto made = runtime::Untyped(runtime::environment().objects).make<runtime::Endpoint>();
    if (!made) runtime::give_up("no memory for an endpoint");
    return made->release();
}

void fill(FileSystem& files, GivenMemory const& memory) {
    for (std::size_t i = 0; i < memory.archive_count; i++) {
        auto const missing = files.fill(memory.archives[i]);
        if (!missing)
            runtime::log("archive {} can't be read", i);
        else if (*missing != 0)
            runtime::log("{} files of archive {} found no place", *missing, i);
    }
}

} // namespace

int main() {
    static FramePool frames;
    static GivenMemory memory;
    take_memory(frames, memory);

    static SkerryClock clock;
    static RandomGenerator random;
    for (int i = 0; i < 4; i++)
        random.mix(processor_entropy());
    static Environment environment{frames, clock, random};

    auto const endpoint = make_keeper_endpoint();
    static SkerryMachine machine(endpoint, memory.all());
    machine.frames = &frames;
    static System system(environment, machine);
    static FileSystem files(environment);
    system.files = &files;
    need(files.start(), "file tree");
    fill(files, memory);
    need(start_first_process(system, need(files.first_context(), "root")), "process 1");

    static Keeper keeper(system, machine, endpoint);
    auto const* const session = runtime::start().session("terminal");
    if (session == nullptr) runtime::give_up("there is no session with a console");
    static ConsoleSession console(*session, system);
    keeper.listen(session->own_bits, console);

    static Ref<Terminal> const terminal = files.devices.console;
    if (terminal) {
        auto& link = console.link(protocols::terminal::Number::console);
        static TerminalLink transport(link, terminal);
        link.user = &transport;
        static ConsoleShell shell(system, terminal);
        if (auto const started = shell.start(); !started)
            runtime::log("no shell: errno {}", static_cast<int>(started.error()));
    }
    auto& line = console.link(protocols::terminal::Number::command);
    static CommandChannel channel(system, line);
    line.user = &channel;
    channel.open();
    keeper.run();
}

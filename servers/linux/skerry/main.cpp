// The Linux personality's beginning: memory, file tree, process 1, terminals, then the keeper's
// loop.

#include <servers/linux/console_shell.hpp>
#include <servers/linux/fs/command/command_channel.hpp>
#include <servers/linux/fs/file_context.hpp>
#include <servers/linux/fs/file_system.hpp>
#include <servers/linux/fs/proc/proc_volume.hpp>
#include <servers/linux/fs/proc/sys_volume.hpp>
#include <servers/linux/fs/random/generator.hpp>
#include <servers/linux/fs/svc/svc_volume.hpp>
#include <servers/linux/fs/terminal/terminal.hpp>
#include <servers/linux/process/spawn.hpp>
#include <servers/linux/skerry/clock.hpp>
#include <servers/linux/skerry/console_session.hpp>
#include <servers/linux/skerry/keeper.hpp>
#include <servers/linux/skerry/machine.hpp>
#include <servers/linux/skerry/memory.hpp>
#include <servers/linux/skerry/services_session.hpp>
#include <servers/linux/terminal_link.hpp>

#include <runtime/log.hpp>
#include <runtime/start_page.hpp>

#include <algorithm>

using namespace personality;

extern "C" std::byte const vdso_image[], vdso_image_end[];

namespace {

/// What must be there, or there is no personality.
template <class T> T need(Result<T> result, char const* what) {
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

/// /svc, and who stops the machine. Without the session there is neither.
void connect_services(System& system, Keeper& keeper, SkerryMachine& machine) {
    auto const* const session = runtime::start().session("services");
    auto const* const logs = runtime::start().resource("logs");
    if (session == nullptr || logs == nullptr)
        return runtime::log("no session with the supervisor");
    static ServicesSession services(
        *session, std::span(reinterpret_cast<std::byte const*>(logs->first), logs->count));
    keeper.listen(session->own_bits, services);
    machine.supervisor = &services;
    services.system = &system;
    if (!mount_svc(*system.files, services)) runtime::log("no /svc");
}

/// The number behind `key` on the boot command line, as the console of `skerry run` gives it.
std::string_view boot_word(std::string_view key) {
    auto rest = runtime::start().arguments();
    while (!rest.empty()) {
        auto const end = std::min(rest.find(' '), rest.size());
        auto const word = rest.substr(0, end);
        if (word.starts_with(key)) return word.substr(key.size());
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return {};
}

void set_window(Terminal& terminal, std::string_view size) {
    std::uint16_t numbers[2]{};
    for (std::size_t i = 0; char const c : size) {
        if (c == 'x')
            i = 1;
        else if (c >= '0' && c <= '9')
            numbers[i] = static_cast<std::uint16_t>(numbers[i] * 10 + (c - '0'));
    }
    terminal.set_window({.rows = numbers[0], .columns = numbers[1]});
}

/// A command comes by the channel: then nobody is at the console.
bool runs_a_command() {
    auto const words = runtime::start().arguments();
    return words == "command" || words.ends_with(" command") || words.starts_with("command ");
}

} // namespace

int main() {
    static FramePool frames;
    static GivenMemory memory;
    take_memory(frames, memory);

    static SkerryClock clock;
    static RandomGenerator random;
    for (int i = 0; i < 4; i++) random.mix(processor_entropy());
    static Environment environment{frames, clock, random};

    auto const endpoint = make_keeper_endpoint();
    static SkerryMachine machine(endpoint, memory.all());
    machine.frames = &frames;
    static System system(environment, machine);
    if (system.vdso.load(frames, {vdso_image, vdso_image_end}))
        clock.share(system.vdso);
    else
        runtime::log("no vDSO: programs ask for the time");
    static FileSystem files(environment);
    system.files = &files;
    need(files.start(), "file tree");
    fill(files, memory);
    need(start_first_process(system, need(files.first_context(), "root")), "process 1");

    static Keeper keeper(system, machine, endpoint);
    if (!mount_proc(system)) runtime::log("no /proc");
    if (!mount_sys(system)) runtime::log("no /sys");
    connect_services(system, keeper, machine);
    auto const* const session = runtime::start().session("terminal");
    if (session == nullptr) runtime::give_up("there is no session with a console");
    static ConsoleSession console(*session, system);
    keeper.listen(session->own_bits, console);

    static Ref<Terminal> const terminal = files.devices.console;
    if (terminal) {
        auto& link = console.link(protocols::terminal::Number::console);
        static TerminalLink transport(link, terminal);
        link.user = &transport;
        if (auto const size = boot_word("window="); !size.empty()) set_window(*terminal, size);
        static ConsoleShell shell(system, terminal, boot_word("term="));
        if (runs_a_command()) {
            // The shell would read what nobody types.
        } else if (auto const started = shell.start(); !started) {
            runtime::log("no shell: errno {}", static_cast<int>(started.error()));
        }
    }
    auto& line = console.link(protocols::terminal::Number::command);
    static CommandChannel channel(system, line);
    line.user = &channel;
    channel.open(runtime::start().incarnation() > 1);
    keeper.run();
}

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
#include <charconv>
#include <optional>
#include <pthread.h>

using namespace personality;

extern "C" std::byte const vdso_image[], vdso_image_end[];

namespace {

constexpr std::size_t keeper_stack_bytes = 256 << 10;

/// What must be there, or there is no personality.
template <class T> T need(Result<T> result, char const* what) {
    if (!result) runtime::give_up("{}: errno {}", what, static_cast<int>(result.error()));
    if constexpr (!std::is_void_v<T>) return std::move(*result);
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
void connect_services(System& system, Events& events, SkerryMachine& machine) {
    auto const* const session = runtime::start().session("services");
    auto const* const logs = runtime::start().resource("logs");
    if (session == nullptr || logs == nullptr)
        return runtime::log("no session with the supervisor");
    static ServicesSession services(
        *session, std::span(reinterpret_cast<std::byte const*>(logs->first), logs->count));
    events.listen(session->own_bits, services);
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

std::uint32_t number_of(std::string_view digits) {
    std::uint32_t number = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return number;
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

/// Programs use those that the machine has, if we may place them there. `processors=N` among our
/// arguments says how many there are to them, whatever the machine has.
SkerryMachine::Places places() {
    SkerryMachine::Places result;
    auto const* const control = runtime::start().resource("control");
    auto const there = std::clamp<std::uint32_t>(runtime::start().processors(), 1, most_processors);
    if (control != nullptr) {
        result.time = runtime::Control(control->cap);
        result.real = there;
    } else if (there > 1) {
        runtime::log("no right to time: programs run on one of {} processors", there);
    }
    auto const asked = number_of(boot_word("processors="));
    result.processors = asked == 0 ? result.real : std::min(asked, most_processors);
    return result;
}

/// One thread for each processor; this one is the first's, and does not come back.
[[noreturn]] void run_keepers(Keeper::Shared& shared) {
    static std::array<std::optional<Keeper>, most_processors> keepers;
    auto const count = shared.machine.processors();
    for (std::uint32_t i = 0; i < count; i++) keepers[i].emplace(shared, i);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, keeper_stack_bytes);
    {
        // Nobody serves before all are there.
        ServerGuard const guard(shared.lock);
        for (std::uint32_t i = 1; i < count; i++) {
            pthread_t thread;
            auto* const keep = +[](void* keeper) -> void* { static_cast<Keeper*>(keeper)->run(); };
            if (pthread_create(&thread, &attributes, keep, &*keepers[i]) != 0)
                runtime::give_up("no thread for processor {}", i);
        }
    }
    keepers[0]->run();
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

    static SkerryMachine machine(places(), memory.all());
    machine.frames = &frames;
    static System system(environment, machine);
    if (system.vdso.load(frames, {vdso_image, vdso_image_end}))
        clock.share(system.vdso, machine.processors(), machine.numbered());
    else
        runtime::log("no vDSO: programs ask for the time");
    static FileSystem files(environment);
    system.files = &files;
    need(files.start(), "file tree");
    fill(files, memory);
    need(start_first_process(system, need(files.first_context(), "root")), "process 1");

    static Events events(system);
    if (!mount_proc(system)) runtime::log("no /proc");
    if (!mount_sys(system)) runtime::log("no /sys");
    connect_services(system, events, machine);
    auto const* const session = runtime::start().session("terminal");
    if (session == nullptr) runtime::give_up("there is no session with a console");
    static ConsoleSession console(*session, system);
    events.listen(session->own_bits, console);

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
    static Keeper::Shared shared{system, machine, events, {}};
    machine.lock = &shared.lock;
    run_keepers(shared);
}

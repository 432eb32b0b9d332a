#include <servers/linux/console_shell.hpp>

#include <servers/linux/fs/descriptor_table.hpp>
#include <servers/linux/fs/file_context.hpp>
#include <servers/linux/fs/file_system.hpp>
#include <servers/linux/fs/open_flags.hpp>
#include <servers/linux/fs/opening.hpp>
#include <servers/linux/fs/terminal/terminal.hpp>
#include <servers/linux/process/spawn.hpp>
#include <servers/linux/system.hpp>

#include <algorithm>
#include <array>

namespace personality {

namespace {

constexpr std::string_view greeting =
    "This is Skerry. To leave: poweroff, or Ctrl-].\n"
    "To see it survive: echo kill > /svc/uart/control, or any other of /svc.\n"
    "Logs, states and crash records: /svc/NAME/{log,status,crash}.\n";

} // namespace

/// Descriptors 0, 1 and 2 on /dev/console.
Result<Ref<DescriptorTable>> ConsoleShell::open_console() {
    auto const at = TRY(system_.files->find("/dev/console"));
    Actor const server{};
    auto const file = TRY(open_location(at, open_flag::read_write, server, nullptr));
    auto table = make<DescriptorTable>();
    if (!table) return fail(Errno::nomem);
    for (std::int32_t fd = 0; fd < 3; fd++) TRY(table->set(fd, file, false));
    return table;
}

Result<> ConsoleShell::start() {
    static constexpr std::array<std::string_view, 1> arguments{"-sh"};
    std::array<char, 64> term{};
    auto const name = kind_.empty() || kind_.size() > 58 ? std::string_view("linux") : kind_;
    std::ranges::copy(name, std::ranges::copy(std::string_view("TERM="), term.begin()).out);
    std::array<std::string_view, 6> const environment{
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME=/root",
        std::string_view(term.data()),
        "USER=root",
        "LOGNAME=root",
        "SHELL=/bin/sh"};
    auto place = TRY(system_.files->first_context());
    if (auto const home = system_.files->find("/root")) place->working = *home;
    auto descriptors = TRY(open_console());
    terminal_->discipline().write(std::as_bytes(std::span(greeting)));
    terminal_->pump();
    TRY(spawn(system_, {.program = "/bin/sh",
                        .arguments = arguments,
                        .environment = environment,
                        .descriptors = std::move(descriptors),
                        .place = std::move(place),
                        .terminal = terminal_.get(),
                        .observer = this}));
    return {};
}

void ConsoleShell::process_ended(Process&, std::int32_t) { system_.machine.power_off(0); }

} // namespace personality

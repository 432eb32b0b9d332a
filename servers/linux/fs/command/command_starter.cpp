#include <servers/linux/fs/command/command_starter.hpp>

#include <servers/linux/fs/descriptor_table.hpp>
#include <servers/linux/fs/file_context.hpp>
#include <servers/linux/fs/file_system.hpp>
#include <servers/linux/fs/terminal/terminal_file.hpp>
#include <servers/linux/process/spawn.hpp>
#include <servers/linux/system.hpp>

#include <algorithm>
#include <memory>
#include <new>

namespace personality {

namespace {

/// What a command finds in its environment, unless the record says otherwise.
constexpr std::string_view defaults[] = {
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "USER=root"};

class Strings {
public:
    Result<> reserve(std::size_t count) {
        views_.reset(new (std::nothrow) std::string_view[count]);
        if (!views_) return fail(Errno::nomem);
        return {};
    }
    void add(std::string_view text) { views_[count_++] = text; }
    bool has(std::string_view name) const {
        return std::ranges::any_of(all(), [&](auto text) { return text.starts_with(name); });
    }
    std::span<std::string_view const> all() const { return {views_.get(), count_}; }

private:
    std::unique_ptr<std::string_view[]> views_;
    std::size_t count_ = 0;
};

Result<> fill(command_channel::StartRecord const& record, Strings& arguments,
              Strings& environment) {
    TRY(arguments.reserve(record.argc()));
    TRY(environment.reserve(record.envc() + std::size(defaults)));
    record.arguments([&](auto text) { arguments.add(text); });
    record.environment([&](auto text) { environment.add(text); });
    for (auto text : defaults)
        if (!environment.has(text.substr(0, text.find('=') + 1))) environment.add(text);
    return {};
}

Result<> connect(System& system, command_channel::StartRecord const& record,
                 CommandStreams const& streams, DescriptorTable& table) {
    auto& files = *system.files;
    Ref<File> screen;
    if (streams.terminal) {
        auto const at = TRY(files.find("/dev/ttyS1"));
        screen = make<TerminalFile>(at, open_flag::read_write, streams.terminal);
        if (!screen) return fail(Errno::nomem);
    }
    for (std::int32_t fd = 0; fd < 3; fd++) {
        if (record.terminal(static_cast<unsigned>(fd))) {
            if (fd == 0) streams.input.use(streams.terminal);
            TRY(table.set(fd, screen, false));
            continue;
        }
        auto ends = TRY(files.make_pipe(0));
        TRY(table.set(fd, fd == 0 ? ends.reader : ends.writer, false));
        if (fd == 0)
            streams.input.use(ends.pipe, ends.writer);
        else
            (fd == 1 ? streams.output : streams.error).use(ends.pipe, ends.reader);
    }
    return {};
}

} // namespace

Result<Process*> start_command(System& system, command_channel::StartRecord const& record,
                               CommandStreams const& streams, EndObserver& observer) {
    Strings arguments, environment;
    TRY(fill(record, arguments, environment));
    auto place = TRY(system.files->first_context());
    auto const folder = record.cwd().empty() ? std::string_view("/root") : record.cwd();
    if (auto const at = system.files->find(folder); at && at->folder())
        place->working = *at;
    else if (!record.cwd().empty())
        return fail(at ? Errno::notdir : at.error());
    auto descriptors = make<DescriptorTable>();
    if (!descriptors) return fail(Errno::nomem);
    TRY(connect(system, record, streams, *descriptors));
    return spawn(system, {.program = arguments.all().front(),
                          .arguments = arguments.all(),
                          .environment = environment.all(),
                          .descriptors = std::move(descriptors),
                          .place = std::move(place),
                          .terminal = streams.terminal.get(),
                          .observer = &observer});
}

} // namespace personality

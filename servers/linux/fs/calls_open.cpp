// open, openat, creat, close, close_range.

#include <servers/linux/fs/calls.hpp>

#include <servers/linux/fs/call_path.hpp>
#include <servers/linux/fs/descriptor_table.hpp>
#include <servers/linux/fs/file_context.hpp>
#include <servers/linux/fs/opening.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/process/task.hpp>

namespace personality::calls {

namespace {

std::uint32_t descriptor_limit(Task const& task) {
    auto const soft = task.process.limits.soft(Limit::nofile);
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(soft, DescriptorTable::most));
}

constexpr std::uint32_t known_flags =
    open_flag::access_mask | open_flag::create | open_flag::exclusive | open_flag::no_terminal |
    open_flag::truncate | open_flag::append | open_flag::nonblock | open_flag::sync |
    open_flag::async | open_flag::direct | open_flag::large_file | open_flag::no_follow |
    open_flag::no_access_time | open_flag::close_on_exec | open_flag::path | open_flag::temporary;

Result<Ref<File>> open_file(Call& call, std::int32_t folder, UserAddress address,
                            std::uint32_t flags, std::uint64_t mode, std::uint32_t restricted) {
    TRY(call.task.descriptors->can_add(1, descriptor_limit(call.task)));
    flags &= known_flags; // open ignores what it does not know; large files are the only kind
    flags |= open_flag::large_file;
    CallPath path(call);
    path.walk().restrict(restricted);
    auto const text = TRY(path.load(address));
    constexpr auto scopes = resolve::beneath | resolve::in_root;
    bool const scoped = (restricted & scopes) != 0; // then even `/` is below the descriptor
    auto start = TRY(start_of(call, folder, scoped ? "." : text));
    auto const bits = static_cast<std::uint16_t>(mode & permission::all & ~context_of(call).umask);
    return open_path(path.walk(), std::move(start), text, {flags, bits}, path.actor(), &call.task);
}

/// progress[0]: the file is there (in held[0]) and only waits for its other end.
Outcome open_at(Call& call, std::int32_t folder, UserAddress address, std::uint32_t flags,
                std::uint64_t mode, std::uint32_t restricted = 0) {
    if (call.progress[0] == 0) {
        call.held[0] = TRY(open_file(call, folder, address, flags, mode, restricted));
        call.progress[0] = 1;
    }
    Ref const file(static_cast<File*>(call.held[0].get()));
    if (auto const opened = file->finish_open(call); opened.value() != 0) return opened;
    bool const close_on_exec = (flags & open_flag::close_on_exec) != 0;
    return call.task.descriptors->add(file, close_on_exec, descriptor_limit(call.task));
}

} // namespace

Outcome open(Call& call) {
    return open_at(call, at_flag::working_folder, call.args[0], call.int_arg(1), call.args[2]);
}

Outcome openat(Call& call) {
    return open_at(call, call.fd_arg(0), call.args[1], call.int_arg(2), call.args[3]);
}

Outcome openat2(Call& call) {
    struct Words { // struct open_how
        std::uint64_t flags, mode, resolve;
    };
    auto const bytes = call.args[3];
    if (bytes < sizeof(Words)) return Errno::inval;
    if (bytes > page_bytes) return Errno::toobig;
    auto& memory = call.task.memory();
    auto const how = TRY(memory.load<Words>(call.args[2]));
    for (auto at = sizeof(Words); at < bytes; at++) // what is not known yet must not be asked for
        if (TRY(memory.load<std::uint8_t>(call.args[2] + at)) != 0) return Errno::toobig;

    constexpr auto created = open_flag::create | (open_flag::temporary & ~open_flag::folder);
    constexpr auto of_path =
        open_flag::path | open_flag::folder | open_flag::no_follow | open_flag::close_on_exec;
    constexpr auto scopes = resolve::beneath | resolve::in_root;
    if ((how.flags & ~std::uint64_t{known_flags}) != 0) return Errno::inval;
    if ((how.resolve & ~std::uint64_t{resolve::all}) != 0) return Errno::inval;
    if ((how.resolve & scopes) == scopes) return Errno::inval;
    bool const creates = (how.flags & created) != 0;
    if ((how.mode & ~std::uint64_t{creates ? permission::all : 0U}) != 0) return Errno::inval;
    if ((how.flags & open_flag::path) != 0 && (how.flags & ~std::uint64_t{of_path}) != 0)
        return Errno::inval;
    if ((how.resolve & resolve::cached) != 0 && (creates || (how.flags & open_flag::truncate) != 0))
        return Errno::again;
    return open_at(call, call.fd_arg(0), call.args[1], static_cast<std::uint32_t>(how.flags),
                   how.mode, static_cast<std::uint32_t>(how.resolve));
}

Outcome creat(Call& call) {
    constexpr auto flags = open_flag::create | open_flag::write_only | open_flag::truncate;
    return open_at(call, at_flag::working_folder, call.args[0], flags, call.args[1]);
}

Outcome close(Call& call) { return call.task.descriptors->close(call.fd_arg(0)); }

Outcome close_range(Call& call) {
    constexpr std::uint32_t unshare = 2, close_on_exec = 4;
    auto const first = call.int_arg(0), last = call.int_arg(1), flags = call.int_arg(2);
    if ((flags & ~(unshare | close_on_exec)) != 0 || first > last) return Errno::inval;
    auto& table = call.task.descriptors;
    if ((flags & unshare) != 0 && table->references() > 1) table = TRY(table->copy());
    table->close_range(first, last, (flags & close_on_exec) != 0);
    return 0;
}

} // namespace personality::calls

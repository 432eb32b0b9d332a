// open, openat, creat, close, close_range.

#include <servers/linux/fs/calls.hpp>

#include <servers/linux/fs/call_path.hpp>
#include <servers/linux/fs/descriptor_table.hpp>
#include <servers/linux/fs/file_context.hpp>
#include <servers/linux/fs/opening.hpp>
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
                            std::uint32_t flags, std::uint64_t mode) {
    TRY(call.task.descriptors->can_add(1, descriptor_limit(call.task)));
    flags &= known_flags; // open ignores what it does not know; large files are the only kind
    flags |= open_flag::large_file;
    CallPath path(call);
    auto const text = TRY(path.load(address));
    auto start = TRY(start_of(call, folder, text));
    auto const bits = static_cast<std::uint16_t>(mode & permission::all & ~context_of(call).umask);
    return open_path(path.walk(), std::move(start), text, {flags, bits}, path.actor(), &call.task);
}

/// progress[0]: the file is there (in held[0]) and only waits for its other end.
Outcome open_at(Call& call, std::int32_t folder, UserAddress address, std::uint32_t flags,
                std::uint64_t mode) {
    if (call.progress[0] == 0) {
        call.held[0] = TRY(open_file(call, folder, address, flags, mode));
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

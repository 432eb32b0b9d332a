// epoll.

#include <servers/linux/fs/calls.hpp>

#include <servers/linux/fs/call_path.hpp>
#include <servers/linux/fs/descriptor_table.hpp>
#include <servers/linux/fs/epoll/epoll.hpp>
#include <servers/linux/fs/file_system.hpp>
#include <servers/linux/fs/poll_set.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/task.hpp>

namespace personality::calls {

namespace {

struct [[gnu::packed]] EventWords { // struct epoll_event
    std::uint32_t events;
    std::uint64_t data;
};

enum Command : std::uint32_t { add = 1, remove = 2, modify = 3 };

Outcome create(Call& call, std::uint32_t flags) {
    if ((flags & ~open_flag::close_on_exec) != 0) return Errno::inval;
    auto& files = files_of(call);
    auto const at = TRY(files.anonymous("anon_inode:[eventpoll]"));
    auto file = make<Epoll>(at, open_flag::read_write, files.memory, files.epoll_books);
    if (!file) return Errno::nomem;
    return install(call, std::move(file), flags != 0);
}

/// What EPOLLEXCLUSIVE may stand beside, and on what.
bool exclusive_allowed(std::uint32_t events, std::uint32_t command, File const& file) {
    constexpr auto companions = poll_event::in | poll_event::out | poll_event::error |
                                poll_event::hang_up | epoll_event::wake_up | epoll_event::edge |
                                epoll_event::exclusive;
    return command == add && (events & ~companions) == 0 && file.kind() != FileKind::epoll;
}

Outcome wait(Call& call) {
    auto const most = call.fd_arg(2);
    if (most <= 0 || static_cast<std::size_t>(most) > INT32_MAX / sizeof(EventWords))
        return Errno::inval;
    auto const file = TRY(file_of(call, call.fd_arg(0)));
    if (file->path_only()) return Errno::badf;
    if (file->kind() != FileKind::epoll) return Errno::inval;
    auto& epoll = static_cast<Epoll&>(*file);
    if (epoll.maybe_ready()) {
        auto const told = TRY(epoll.tell(call.task.memory(), call.args[1], call.int_arg(2)));
        if (told != 0) return told;
    }
    if (timed_out(call)) return 0;
    if (call.interrupted) return Errno::intr;
    TRY(call.watch(*epoll.poll_queue()));
    return Outcome::blocked();
}

} // namespace

Outcome epoll_create(Call& call) { return call.fd_arg(0) <= 0 ? Errno::inval : create(call, 0); }
Outcome epoll_create1(Call& call) { return create(call, call.int_arg(0)); }

Outcome epoll_ctl(Call& call) {
    auto const command = call.int_arg(1);
    EventWords words{};
    if (command != remove) words = TRY(call.task.memory().load<EventWords>(call.args[3]));
    auto& table = *call.task.descriptors;
    auto const by = TRY(table.file(call.fd_arg(0)));
    auto const fd = call.fd_arg(2);
    auto const file = TRY(table.file(fd));
    if (file->poll_queue() == nullptr) return Errno::perm;
    if (by == file || by->kind() != FileKind::epoll) return Errno::inval;
    std::uint32_t const events = words.events;
    if (command != remove && (events & epoll_event::exclusive) != 0 &&
        !exclusive_allowed(events, command, *file))
        return Errno::inval;
    auto& epoll = static_cast<Epoll&>(*by);
    switch (command) {
    case add: return epoll.add(*file, fd, events, words.data);
    case modify: return epoll.change(*file, fd, events, words.data);
    case remove: return epoll.remove(*file, fd);
    default: return Errno::inval;
    }
}

Outcome epoll_wait(Call& call) {
    TRY(set_timeout_ms(call, call.fd_arg(3)));
    return wait(call);
}

Outcome epoll_pwait(Call& call) {
    TRY(set_timeout_ms(call, call.fd_arg(3)));
    TRY(set_mask(call, call.args[4], call.args[5]));
    return wait(call);
}

Outcome epoll_pwait2(Call& call) {
    TRY(set_timeout(call, call.args[3]));
    TRY(set_mask(call, call.args[4], call.args[5]));
    return wait(call);
}

} // namespace personality::calls

// dup and its kind, fcntl, ioctl, pipes.

#include <servers/linux/fs/calls.hpp>

#include <servers/linux/fs/async_notice.hpp>
#include <servers/linux/fs/call_path.hpp>
#include <servers/linux/fs/caller.hpp>
#include <servers/linux/fs/calls_lock.hpp>
#include <servers/linux/fs/descriptor_table.hpp>
#include <servers/linux/fs/file_system.hpp>
#include <servers/linux/fs/inode.hpp>
#include <servers/linux/fs/ioctl.hpp>
#include <servers/linux/fs/pipe/pipe_file.hpp>
#include <servers/linux/fs/ram/ram_file.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/process/task.hpp>
#include <servers/linux/system.hpp>

namespace personality::calls {

namespace {

namespace command {
constexpr std::uint32_t dup_fd = 0, get_fd = 1, set_fd = 2, get_flags = 3, set_flags = 4,
                        get_lock = 5, set_lock = 6, set_lock_wait = 7, set_owner = 8, get_owner = 9,
                        set_signal = 10, get_signal = 11, set_owner_words = 15,
                        get_owner_words = 16, get_open_lock = 36, set_open_lock = 37,
                        set_open_lock_wait = 38, set_lease = 1024, get_lease = 1025,
                        dup_close_on_exec = 1030, set_pipe_size = 1031, get_pipe_size = 1032,
                        add_seals = 1033, get_seals = 1034;
} // namespace command

Outcome seal_file(File const& file, std::uint32_t more) {
    auto* const kept = RamFile::of(file.inode());
    if (kept == nullptr || (more & ~seal::all) != 0) return Errno::inval;
    if (!file.writable() || kept->has_seal(seal::seal)) return Errno::perm;
    // Whoever maps it might write: also those who only read are waited for.
    bool const stops_writers = (more & seal::write & ~kept->seals) != 0;
    if (stops_writers && kept->contents->mapped()) return Errno::busy;
    kept->seals |= more;
    return 0;
}

std::uint32_t limit_of(Task const& task) {
    auto const soft = task.process.limits.soft(Limit::nofile);
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(soft, DescriptorTable::most));
}

Outcome duplicate_to(Call& call, std::int32_t from, std::int32_t to, bool close_on_exec) {
    auto& table = *call.task.descriptors;
    auto file = TRY(table.any_file(from));
    if (to < 0 || static_cast<std::uint32_t>(to) >= limit_of(call.task)) return Errno::badf;
    TRY(table.set(to, std::move(file), close_on_exec));
    return to;
}

Outcome duplicate_from(Call& call, Ref<File> file, bool close_on_exec) {
    auto const limit = limit_of(call.task);
    if (call.args[2] >= limit) return Errno::inval;
    return call.task.descriptors->add(std::move(file), close_on_exec, limit, call.int_arg(2));
}

void set_async(Call& call, File& file, bool on) {
    if (on && !file.async_notice)
        file.async_notice = AsyncNotice::create(call.task.system(), file);
    else if (!on)
        file.async_notice = nullptr;
    file.flags = on ? file.flags | open_flag::async : file.flags & ~open_flag::async;
}

Outcome set_flags(Call& call, File& file, std::uint32_t wanted, Actor const& actor) {
    // An append-only or atime-less file is the owner's to change; the rest is anybody's.
    bool const quiet = (wanted & ~file.flags & open_flag::no_access_time) != 0;
    if (quiet && !actor.owns(file.inode().attributes())) return Errno::perm;
    file.flags = (file.flags & ~open_flag::changeable) | (wanted & open_flag::changeable);
    set_async(call, file, (wanted & open_flag::async) != 0);
    return 0;
}

struct OwnerWords { // struct f_owner_ex
    static constexpr std::int32_t thread = 0, process = 1, group = 2;
    std::int32_t type, id;
};

Outcome set_signal_owner(Call& call, File& file, bool thread, std::int32_t id) {
    auto& tasks = call.task.system().tasks;
    bool const there = id == 0           ? true
                       : id == INT32_MIN ? false
                       : id < 0          ? tasks.group(-id) != nullptr
                       : thread          ? tasks.task(id) != nullptr
                                         : tasks.process(id) != nullptr;
    if (!there) return id == INT32_MIN ? Errno::inval : Errno::srch;
    file.signal_owner.id = id;
    file.signal_owner.user = call.task.identity().uid;
    file.signal_owner.effective_user = call.task.identity().euid;
    file.signal_owner.thread = thread && id != 0;
    return 0;
}

Outcome make_pipe(Call& call, std::uint32_t flags) {
    constexpr auto known = open_flag::close_on_exec | open_flag::nonblock | open_flag::direct;
    if ((flags & ~known) != 0) return Errno::inval;
    auto& table = *call.task.descriptors;
    auto const limit = limit_of(call.task);
    TRY(table.can_add(2, limit));
    auto ends = TRY(files_of(call).make_pipe(flags & (open_flag::nonblock | open_flag::direct),
                                             actor_of(call.task)));
    bool const close_on_exec = (flags & open_flag::close_on_exec) != 0;
    std::array<std::int32_t, 2> descriptors;
    descriptors[0] = TRY(table.add(std::move(ends.reader), close_on_exec, limit));
    auto const second = table.add(std::move(ends.writer), close_on_exec, limit);
    auto const told =
        second ? call.task.memory().store(call.args[0], (descriptors[1] = *second, descriptors))
               : Result<>(fail(second.error()));
    if (told) return 0;
    static_cast<void>(table.close(descriptors[0]));
    if (second) static_cast<void>(table.close(*second));
    return told;
}

} // namespace

Outcome dup(Call& call) {
    auto& table = *call.task.descriptors;
    return table.add(TRY(table.any_file(call.fd_arg(0))), false, limit_of(call.task));
}

Outcome dup2(Call& call) {
    if (call.fd_arg(0) != call.fd_arg(1))
        return duplicate_to(call, call.fd_arg(0), call.fd_arg(1), false);
    TRY(call.task.descriptors->any_file(call.fd_arg(0)));
    return call.fd_arg(0);
}

Outcome dup3(Call& call) {
    if ((call.int_arg(2) & ~open_flag::close_on_exec) != 0) return Errno::inval;
    if (call.fd_arg(0) == call.fd_arg(1)) return Errno::inval;
    return duplicate_to(call, call.fd_arg(0), call.fd_arg(1), call.int_arg(2) != 0);
}

Outcome fcntl(Call& call) {
    constexpr std::uint32_t fd_close_on_exec = 1;
    auto const fd = call.fd_arg(0);
    auto& table = *call.task.descriptors;
    auto const file = TRY(file_of(call, fd));
    switch (call.int_arg(1)) {
    case command::dup_fd: return duplicate_from(call, file, false);
    case command::dup_close_on_exec: return duplicate_from(call, file, true);
    case command::get_fd: return TRY(table.closes_on_exec(fd)) ? 1 : 0;
    case command::set_fd:
        return table.set_closes_on_exec(fd, (call.args[2] & fd_close_on_exec) != 0);
    case command::get_flags: return file->flags;
    default: break;
    }
    if (file->path_only()) return Errno::badf;
    switch (call.int_arg(1)) {
    case command::set_flags: return set_flags(call, *file, call.int_arg(2), actor_of(call.task));
    case command::get_lock: return query_lock(call, *file, LockOwner::process);
    case command::set_lock: return set_lock(call, *file, LockOwner::process, false);
    case command::set_lock_wait: return set_lock(call, *file, LockOwner::process, true);
    case command::get_open_lock: return query_lock(call, *file, LockOwner::open_file);
    case command::set_open_lock: return set_lock(call, *file, LockOwner::open_file, false);
    case command::set_open_lock_wait: return set_lock(call, *file, LockOwner::open_file, true);
    case command::set_owner: return set_signal_owner(call, *file, false, call.fd_arg(2));
    case command::get_owner: return file->signal_owner.thread ? 0 : file->signal_owner.id;
    case command::set_owner_words: {
        auto const words = TRY(call.task.memory().load<OwnerWords>(call.args[2]));
        if (words.type < 0 || words.type > OwnerWords::group) return Errno::inval;
        return set_signal_owner(call, *file, words.type == OwnerWords::thread,
                                words.type == OwnerWords::group ? -words.id : words.id);
    }
    case command::get_owner_words: {
        auto const& owner = file->signal_owner;
        OwnerWords const words{owner.thread   ? OwnerWords::thread
                               : owner.id < 0 ? OwnerWords::group
                                              : OwnerWords::process,
                               owner.id < 0 ? -owner.id : owner.id};
        return call.task.memory().store(call.args[2], words);
    }
    case command::set_signal:
        // Unlike in Linux not those that act at once: it is in the middle of something that wakes
        // that this signal is sent.
        if (call.args[2] > signal_count ||
            (call.args[2] != 0 && unblockable.has(static_cast<Signal>(call.args[2]))))
            return Errno::inval;
        file->signal_owner.signal = static_cast<std::uint8_t>(call.args[2]);
        return 0;
    case command::get_signal: return file->signal_owner.signal;
    case command::set_lease: // there are none to be had
        if (call.args[2] > 2 || file->inode().type != FileType::regular) return Errno::inval;
        return Errno::again;
    case command::get_lease: return 2; // F_UNLCK
    case command::add_seals: return seal_file(*file, call.int_arg(2));
    case command::get_seals: {
        auto const* const kept = RamFile::of(file->inode());
        return kept != nullptr ? Outcome(kept->seals) : Errno::inval;
    }
    case command::get_pipe_size: {
        auto const* const pipe = as_pipe(*file);
        return pipe != nullptr ? Outcome(pipe->capacity()) : Errno::badf;
    }
    case command::set_pipe_size: {
        auto* const pipe = as_pipe(*file);
        if (pipe == nullptr) return Errno::badf;
        return pipe->set_capacity(call.int_arg(2),
                                  call.task.identity().can(Identity::sys_resource));
    }
    default: return Errno::inval;
    }
}

Outcome ioctl(Call& call) {
    auto const fd = call.fd_arg(0);
    auto const file = TRY(file_of(call, fd));
    if (file->path_only()) return Errno::badf;
    auto const number = call.int_arg(1);
    switch (number) { // those that are the same for every file
    case personality::ioctl::close_on_exec:
    case personality::ioctl::no_close_on_exec:
        return call.task.descriptors->set_closes_on_exec(fd, number ==
                                                                 personality::ioctl::close_on_exec);
    case personality::ioctl::nonblocking: {
        auto const on = TRY(call.task.memory().load<std::int32_t>(call.args[2]));
        file->flags =
            on != 0 ? file->flags | open_flag::nonblock : file->flags & ~open_flag::nonblock;
        return 0;
    }
    case personality::ioctl::async: {
        auto const on = TRY(call.task.memory().load<std::int32_t>(call.args[2]));
        if (file->poll_queue() == nullptr) return Errno::notty;
        set_async(call, *file, on != 0);
        return 0;
    }
    default: return file->ioctl(call, number, call.args[2]);
    }
}

Outcome pipe(Call& call) { return make_pipe(call, 0); }
Outcome pipe2(Call& call) { return make_pipe(call, call.int_arg(1)); }

} // namespace personality::calls

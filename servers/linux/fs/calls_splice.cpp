// splice, tee and vmsplice: bytes into pipes, out of them, and from one to another.

#include <servers/linux/fs/calls.hpp>

#include <servers/linux/fs/call_path.hpp>
#include <servers/linux/fs/descriptor_table.hpp>
#include <servers/linux/fs/inode.hpp>
#include <servers/linux/fs/notify/notify.hpp>
#include <servers/linux/fs/pipe/pipe_file.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/task.hpp>

#include <algorithm>
#include <cstring>

namespace personality::calls {

namespace {

/// SPLICE_F_MOVE and SPLICE_F_GIFT are wishes about pages that nobody need fulfil; SPLICE_F_MORE
/// says that more comes soon.
namespace splice_flag {
constexpr std::uint32_t move = 1, no_wait = 2, more = 4, gift = 8,
                        known = move | no_wait | more | gift;
} // namespace splice_flag

Result<Ref<File>> second_file(Call& call, std::int32_t fd) {
    if (!call.held[1]) call.held[1] = TRY(call.task.descriptors->any_file(fd));
    return Ref(static_cast<File*>(call.held[1].get()));
}

Outcome wait_for(Call& call, Pipe& pipe, std::uint32_t events, bool no_wait) {
    if (no_wait) return Errno::again;
    TRY(call.watch(pipe.queue, events));
    return call.block(Errno::restart_sys);
}
Outcome wait_for_bytes(Call& call, Pipe& pipe, bool no_wait) {
    return wait_for(call, pipe, poll_event::readable | poll_event::hang_up, no_wait);
}
Outcome wait_for_room(Call& call, Pipe& pipe, bool no_wait) {
    return wait_for(call, pipe, poll_event::writable | poll_event::error, no_wait);
}

/// Where a file that is no pipe is read or written: at its position, or where the call says.
struct Place {
    UserAddress told_at = 0;
    bool given = false;
    std::uint64_t offset = 0;
};

Result<Place> place_of(Call& call, File& file, UserAddress address) {
    if (address == 0) return Place{};
    if (!file.positioned()) return fail(Errno::inval);
    auto const offset = TRY(call.task.memory().load<std::int64_t>(address));
    if (offset < 0) return fail(Errno::inval);
    return Place{address, true, static_cast<std::uint64_t>(offset)};
}

Outcome leave(Call& call, Place const& place, std::size_t moved) {
    if (place.given) TRY(call.task.memory().store(place.told_at, place.offset));
    return moved;
}

/// As much of a file as there is room for in a pipe. Nothing is read that has no room.
Outcome fill_pipe(Call& call, File& from, Place place, PipeFile& to, std::size_t most,
                  bool no_wait) {
    auto& pipe = to.pipe();
    if (pipe.readers == 0) return PipeFile::broken(call, 0);
    if (pipe.bytes.full()) return wait_for_room(call, pipe, no_wait || to.nonblocking());
    std::size_t moved = 0;
    while (moved < most && !pipe.bytes.full()) {
        auto const page = TRY(pipe.bytes.fresh_page());
        auto into = UserBuffer::internal(page.first(std::min(page.size(), most - moved)));
        auto const wanted = into.remaining();
        // Only what is there at once is added to what was read already.
        auto const own = from.flags;
        if (no_wait || moved != 0) from.flags |= open_flag::nonblock;
        auto const done =
            place.given ? from.read_at(call, into, place.offset) : from.read(call, into);
        from.flags = own;
        if (done.is_blocked()) return done;
        if (done.value() <= 0) {
            if (moved == 0) return done;
            break;
        }
        auto const bytes = static_cast<std::size_t>(done.value());
        pipe.bytes.push(bytes, false, true);
        place.offset += bytes;
        moved += bytes;
        call.progress = {}; // of that read
        if (bytes < wanted) break;
    }
    if (moved == 0) return 0;
    pipe.queue.wake_all(poll_event::readable);
    notify(*from.location.entry, notify_event::access);
    return leave(call, place, moved);
}

/// What is in a pipe, into a file. progress[1]: what earlier runs of this call have moved;
/// progress[0] belongs to the write that is under way.
Outcome drain_pipe(Call& call, PipeFile& from, File& to, Place place, std::size_t most,
                   bool no_wait) {
    auto& pipe = from.pipe();
    auto& moved = call.progress[1];
    place.offset += moved;
    Outcome last = 0;
    while (moved < most && !pipe.bytes.empty()) {
        auto const piece = pipe.bytes.front();
        auto out = UserBuffer::internal(piece.first(std::min(piece.size(), most - moved)));
        auto const wanted = out.remaining();
        out.advance(std::min<std::size_t>(call.progress[0], wanted));
        last = place.given ? to.write_at(call, out, place.offset) : to.write(call, out);
        if (last.is_blocked()) return last;
        call.progress[0] = 0;
        if (last.value() <= 0) break;
        auto const bytes = std::min(static_cast<std::size_t>(last.value()), wanted);
        pipe.bytes.pop(bytes);
        place.offset += bytes;
        moved += bytes;
        if (bytes < wanted) break;
    }
    if (moved == 0) {
        if (last.is_error()) return last;
        if (pipe.writers == 0 || most == 0) return 0;
        return wait_for_bytes(call, pipe, no_wait || from.nonblocking());
    }
    pipe.queue.wake_all(poll_event::writable);
    notify(*to.location.entry, notify_event::modify);
    return leave(call, place, moved);
}

/// From pipe to pipe: whole slots move, of the last one a copy of what was asked for.
Outcome move_slots(Call& call, PipeFile& from, PipeFile& to, std::size_t most, bool no_wait) {
    auto& source = from.pipe();
    auto& target = to.pipe();
    if (target.readers == 0) return PipeFile::broken(call, 0);
    bool const patient = !(no_wait || from.nonblocking() || to.nonblocking());
    if (source.bytes.empty())
        return source.writers == 0 ? Outcome(0) : wait_for_bytes(call, source, !patient);
    if (target.bytes.full()) return wait_for_room(call, target, !patient);
    std::size_t moved = 0;
    while (moved < most && !source.bytes.empty() && !target.bytes.full()) {
        auto const piece = source.bytes.front();
        if (piece.size() <= most - moved) {
            moved += piece.size();
            target.bytes.give(source.bytes.take());
            continue;
        }
        auto const page = target.bytes.fresh_page();
        if (!page && moved == 0) return page.error();
        if (!page) break;
        auto const part = most - moved;
        std::memcpy(page->data(), piece.data(), part);
        target.bytes.push(part, source.bytes.front_is_packet(), true);
        source.bytes.pop(part);
        moved = most;
    }
    source.queue.wake_all(poll_event::writable);
    target.queue.wake_all(poll_event::readable);
    return moved;
}

Outcome copy_slots(Call& call, PipeFile& from, PipeFile& to, std::size_t most, bool no_wait) {
    auto& source = from.pipe();
    auto& target = to.pipe();
    bool const patient = !(no_wait || from.nonblocking() || to.nonblocking());
    if (source.bytes.empty())
        return source.writers == 0 ? Outcome(0) : wait_for_bytes(call, source, !patient);
    if (target.readers == 0) return PipeFile::broken(call, 0);
    if (target.bytes.full()) return wait_for_room(call, target, !patient);
    std::size_t moved = 0;
    for (std::size_t i = 0; i < source.bytes.used() && moved < most && !target.bytes.full(); i++) {
        auto const piece = source.bytes.peek(i);
        auto const page = target.bytes.fresh_page();
        if (!page && moved == 0) return page.error();
        if (!page) break;
        auto const part = std::min(piece.size(), most - moved);
        std::memcpy(page->data(), piece.data(), part);
        target.bytes.push(part, source.bytes.peek_is_packet(i), true);
        moved += part;
    }
    target.queue.wake_all(poll_event::readable);
    return moved;
}

} // namespace

Outcome splice(Call& call) {
    auto const flags = call.int_arg(5);
    if ((flags & ~splice_flag::known) != 0) return Errno::inval;
    auto const most = std::min<std::size_t>(call.args[4], UserBuffer::max_bytes);
    if (most == 0) return 0;
    auto const from = TRY(file_of(call, call.fd_arg(0)));
    auto const to = TRY(second_file(call, call.fd_arg(2)));
    if (from->path_only() || to->path_only()) return Errno::badf;
    auto* const source = as_pipe(*from);
    auto* const target = as_pipe(*to);
    if ((source != nullptr && call.args[1] != 0) || (target != nullptr && call.args[3] != 0))
        return Errno::spipe;
    if (!from->readable() || !to->writable()) return Errno::badf;
    bool const no_wait = (flags & splice_flag::no_wait) != 0;
    if (source != nullptr && target != nullptr) {
        if (&source->pipe() == &target->pipe()) return Errno::inval;
        return move_slots(call, *source, *target, most, no_wait);
    }
    if (source != nullptr) {
        auto const place = TRY(place_of(call, *to, call.args[3]));
        if ((to->flags & open_flag::append) != 0) return Errno::inval;
        return drain_pipe(call, *source, *to, place, most, no_wait);
    }
    if (target != nullptr) {
        auto const place = TRY(place_of(call, *from, call.args[1]));
        if (from->inode().folder()) return Errno::inval;
        return fill_pipe(call, *from, place, *target, most, no_wait);
    }
    return Errno::inval;
}

Outcome tee(Call& call) {
    auto const flags = call.int_arg(3);
    if ((flags & ~splice_flag::known) != 0) return Errno::inval;
    auto const most = std::min<std::size_t>(call.args[2], UserBuffer::max_bytes);
    if (most == 0) return 0;
    auto const from = TRY(file_of(call, call.fd_arg(0)));
    auto const to = TRY(second_file(call, call.fd_arg(1)));
    if (!from->readable() || !to->writable()) return Errno::badf;
    auto* const source = as_pipe(*from);
    auto* const target = as_pipe(*to);
    if (source == nullptr || target == nullptr || &source->pipe() == &target->pipe())
        return Errno::inval;
    return copy_slots(call, *source, *target, most, (flags & splice_flag::no_wait) != 0);
}

Outcome vmsplice(Call& call) {
    auto const flags = call.int_arg(3);
    if ((flags & ~splice_flag::known) != 0) return Errno::inval;
    auto const file = TRY(file_of(call, call.fd_arg(0)));
    auto* const pipe = as_pipe(*file);
    if (pipe == nullptr) return Errno::badf;
    auto buffer = TRY(UserBuffer::vectors(call.task.memory(), call.args[1], call.args[2]));
    if (buffer.remaining() == 0) return 0;
    auto const own = file->flags;
    if ((flags & splice_flag::no_wait) != 0) file->flags |= open_flag::nonblock;
    Outcome done = 0;
    if (!file->writable())
        done = pipe->read(call, buffer);
    else if (pipe->pipe().bytes.full()) // in Linux too it waits for some room, and not for all
        done = pipe->pipe().readers == 0 ? PipeFile::broken(call, 0)
                                         : wait_for_room(call, pipe->pipe(), pipe->nonblocking());
    else {
        file->flags |= open_flag::nonblock;
        done = pipe->write(call, buffer);
    }
    file->flags = own;
    return done;
}

} // namespace personality::calls

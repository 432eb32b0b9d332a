#include <servers/linux/fs/pipe/pipe_file.hpp>

#include <servers/linux/fs/caller.hpp>
#include <servers/linux/fs/inode.hpp>
#include <servers/linux/fs/ioctl.hpp>
#include <servers/linux/fs/volume.hpp>
#include <servers/linux/process/task.hpp>

#include <algorithm>
#include <bit>

namespace personality {

PipeFile::PipeFile(Location at, std::uint32_t open_flags, Ref<Pipe> pipe)
    : File(std::move(at), open_flags), pipe_(std::move(pipe)) {
    arrivals_seen_ = readable() ? pipe_->writer_arrivals : pipe_->reader_arrivals;
    if (readable()) pipe_->readers++, pipe_->reader_arrivals++;
    if (writable()) pipe_->writers++, pipe_->writer_arrivals++;
    pipe_->queue.wake_all();
}

PipeFile::~PipeFile() {
    if (readable()) pipe_->readers--;
    if (writable()) pipe_->writers--;
    if (pipe_->readers == 0 && pipe_->writers == 0) pipe_->bytes.clear();
    pipe_->queue.wake_all();
}

Result<Ref<File>> PipeFile::open_fifo(Ref<Pipe>& pipe, OpenRequest const& request) {
    auto const access = request.flags & open_flag::access_mask;
    bool const nonblocking = (request.flags & open_flag::nonblock) != 0;
    if (!pipe) {
        pipe = make<Pipe>(request.at.inode().volume.environment.frames);
        if (!pipe) return fail(Errno::nomem);
        pipe->named = true;
    }
    if (pipe->named && access == open_flag::write_only && nonblocking && pipe->readers == 0)
        return fail(Errno::nxio);
    auto file = make<PipeFile>(request.at, request.flags, pipe);
    if (!file) return fail(Errno::nomem);
    return file;
}

Outcome PipeFile::finish_open(Call& call) {
    if (!pipe_->named || nonblocking() || (readable() && writable())) return 0;
    auto const others = readable() ? pipe_->writers : pipe_->readers;
    auto const arrivals = readable() ? pipe_->writer_arrivals : pipe_->reader_arrivals;
    if (others != 0 || arrivals != arrivals_seen_) return 0;
    if (auto const watched = call.watch(pipe_->queue); !watched) return watched;
    return call.block(Errno::restart_sys);
}

Outcome PipeFile::read(Call& call, UserBuffer& to) {
    if (to.remaining() == 0) return 0;
    auto& bytes = pipe_->bytes;
    if (!bytes.empty()) {
        while (!bytes.empty() && to.remaining() != 0) {
            auto const piece = bytes.front();
            auto const moved = to.copy_out(piece.first(std::min(piece.size(), to.remaining())));
            if (!moved) return moved.error();
            if (*moved == 0) break;
            if (bytes.front_is_packet()) { // what did not fit is lost
                bytes.drop();
                break;
            }
            bytes.pop(*moved);
        }
        pipe_->queue.wake_all(poll_event::writable);
        return to.moved();
    }
    if (pipe_->writers == 0) return 0;
    if (nonblocking()) return Errno::again;
    if (auto const watched = call.watch(pipe_->queue, poll_event::readable | poll_event::hang_up);
        !watched)
        return watched;
    return call.block(Errno::restart_sys);
}

Outcome PipeFile::broken(Call& call, std::uint64_t done) {
    raise(call.task, Signal::pipe);
    if (done != 0) return done;
    return Errno::pipe;
}

/// Move what there is room for. As in Linux the odd bytes of a write go behind the last ones if
/// they fit there, and all else into pages of its own.
Result<std::size_t> PipeFile::move_in(UserBuffer& from) {
    auto& bytes = pipe_->bytes;
    bool const packets = (flags & open_flag::direct) != 0;
    std::size_t done = 0;
    auto const odd = from.remaining() % page_bytes;
    if (auto const room = odd != 0 ? bytes.tail_room(odd) : std::span<std::byte>{};
        !room.empty() && !packets) {
        done = TRY(from.copy_in(room));
        bytes.add_to_tail(done);
        if (done != odd) return done;
    }
    while (from.remaining() != 0 && !bytes.full()) {
        auto const page = bytes.fresh_page();
        if (!page && done == 0) return fail(page.error());
        if (!page) break;
        auto const wanted = std::min(from.remaining(), page_bytes);
        auto const moved = from.copy_in(page->first(wanted));
        if (!moved && done == 0) return moved;
        if (!moved || *moved != wanted) { // a fault: the page that has it does not go in
            if (done == 0) return fail(Errno::fault);
            break;
        }
        bytes.push(wanted, packets);
        done += wanted;
    }
    return done;
}

Outcome PipeFile::write(Call& call, UserBuffer& from) {
    // progress[0]: what earlier runs of this call have moved; `from` stands behind it already.
    auto const total = from.remaining();
    if (pipe_->readers == 0) return broken(call, call.progress[0]);
    if (total == 0) return call.progress[0];
    auto const moved = move_in(from);
    if (!moved) return call.progress[0] != 0 ? Outcome(call.progress[0]) : moved;
    call.progress[0] += *moved;
    if (*moved != 0) pipe_->queue.wake_all(poll_event::readable);
    // A fault in the middle: not all was moved, though there was room.
    if (*moved == total || !pipe_->bytes.full()) return call.progress[0];
    if (nonblocking()) return call.progress[0] != 0 ? Outcome(call.progress[0]) : Errno::again;
    if (auto const watched = call.watch(pipe_->queue, poll_event::writable | poll_event::error);
        !watched)
        return watched;
    return call.block(call.progress[0] != 0 ? Outcome(call.progress[0]) : Errno::restart_sys);
}

Outcome PipeFile::ioctl(Call& call, std::uint32_t command, std::uint64_t argument) {
    if (command != ioctl::bytes_readable) return Errno::notty;
    return store_int(call, argument, static_cast<std::int32_t>(pipe_->bytes.size()));
}

std::uint32_t PipeFile::ready() {
    std::uint32_t events = 0;
    if (readable()) {
        if (!pipe_->bytes.empty()) events |= poll_event::readable;
        // A FIFO that no writer has come to yet is not hung up, just quiet.
        if (pipe_->writers == 0 && pipe_->writer_arrivals != arrivals_seen_)
            events |= poll_event::hang_up;
    }
    if (writable()) {
        if (!pipe_->bytes.full()) events |= poll_event::writable;
        if (pipe_->readers == 0) events |= poll_event::error;
    }
    return events;
}

Result<std::size_t> PipeFile::set_capacity(std::size_t bytes, bool privileged) {
    if (bytes > std::size_t{1} << 31) return fail(Errno::inval);
    auto const rounded = std::bit_ceil(std::max(bytes, page_bytes));
    if (rounded > Pipe::max_capacity && rounded > capacity() && !privileged)
        return fail(Errno::perm);
    TRY(pipe_->bytes.resize(rounded / page_bytes));
    pipe_->queue.wake_all(poll_event::writable);
    return rounded;
}

} // namespace personality

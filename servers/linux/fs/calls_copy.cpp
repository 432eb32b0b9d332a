// sendfile and copy_file_range: bytes from file to file.

#include <servers/linux/fs/calls.hpp>

#include <servers/linux/fs/call_path.hpp>
#include <servers/linux/fs/descriptor_table.hpp>
#include <servers/linux/fs/inode.hpp>
#include <servers/linux/fs/notify/notify.hpp>
#include <servers/linux/memory/page_source.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/task.hpp>

#include <algorithm>
#include <array>

namespace personality::calls {

namespace {

using Piece = std::array<std::byte, page_bytes>;

/// What one call moves at most, since everybody else waits meanwhile. Fewer bytes than were asked
/// for are no surprise to programs.
constexpr std::uint64_t portion = 16 << 20;

/// Send `most` bytes of `from`, beginning at `offset`. progress[1]: bytes of whole pieces that have
/// been sent; progress[0] belongs to the write of the piece that is under way.
Outcome send(Call& call, File& from, std::uint64_t offset, File& to, std::uint64_t most) {
    Piece piece;
    auto& sent = call.progress[1];
    while (sent < most) {
        auto const wanted = std::min<std::uint64_t>(piece.size(), most - sent);
        auto into = UserBuffer::internal(std::span(piece).first(wanted));
        auto const got = from.read_at(call, into, offset + sent);
        if (got.is_error() && sent == 0) return got;
        if (got.value() <= 0) break;
        auto const bytes = static_cast<std::size_t>(got.value());
        auto out = UserBuffer::internal(std::span<std::byte const>(piece).first(bytes));
        out.advance(call.progress[0]);
        auto const done = to.write(call, out);
        if (done.is_blocked()) return done;
        call.progress[0] = 0;
        if (done.value() < 0) return sent != 0 ? Outcome(sent) : done;
        sent += static_cast<std::uint64_t>(done.value());
        if (static_cast<std::size_t>(done.value()) < bytes) break;
    }
    return sent;
}

/// The end of a call with an offset in memory or, without, in the file.
Outcome finish(Call& call, File& file, UserAddress offset_at, std::uint64_t offset, Outcome done,
               std::uint32_t event) {
    if (done.value() <= 0) return done;
    notify(*file.location.entry, event);
    auto const end = offset + static_cast<std::uint64_t>(done.value());
    if (offset_at == 0)
        file.position = end;
    else
        TRY(call.task.memory().store(offset_at, end));
    return done;
}

/// The second descriptor of a call, kept alive like the first.
Result<Ref<File>> second_file(Call& call, std::int32_t fd) {
    if (!call.held[1]) call.held[1] = TRY(call.task.descriptors->any_file(fd));
    return Ref(static_cast<File*>(call.held[1].get()));
}

Result<std::uint64_t> start_offset(Call& call, File& file, UserAddress offset_at) {
    if (offset_at == 0) return file.position;
    auto const offset = TRY(call.task.memory().load<std::int64_t>(offset_at));
    if (offset < 0) return fail(Errno::inval);
    return static_cast<std::uint64_t>(offset);
}

} // namespace

Outcome sendfile(Call& call) {
    auto const to = TRY(file_of(call, call.fd_arg(0)));
    auto const from = TRY(second_file(call, call.fd_arg(1)));
    if (!from->readable() || !to->writable()) return Errno::badf;
    auto const offset_at = call.args[2];
    if (!from->positioned()) return offset_at != 0 ? Errno::spipe : Errno::inval;
    if ((to->flags & open_flag::append) != 0) return Errno::inval;
    auto const offset = TRY(start_offset(call, *from, offset_at));
    auto const most = std::min<std::uint64_t>(call.args[3], portion);
    auto const done = send(call, *from, offset, *to, most);
    if (done.value() > 0) notify(*to->location.entry, notify_event::modify);
    return done.is_blocked() ? done
                             : finish(call, *from, offset_at, offset, done, notify_event::access);
}

Outcome copy_file_range(Call& call) {
    auto const from = TRY(file_of(call, call.fd_arg(0)));
    auto const to = TRY(second_file(call, call.fd_arg(2)));
    if (call.int_arg(5) != 0) return Errno::inval;
    if (!from->readable() || !to->writable() || (to->flags & open_flag::append) != 0)
        return Errno::badf;
    if (from->inode().folder() || to->inode().folder()) return Errno::isdir;
    if (!from->seekable() || !to->seekable()) return Errno::inval;
    auto const from_offset = TRY(start_offset(call, *from, call.args[1]));
    auto const to_offset = TRY(start_offset(call, *to, call.args[3]));
    auto const most = std::min<std::uint64_t>(call.args[4], portion);
    if (&from->inode() == &to->inode() && from_offset < to_offset + most &&
        to_offset < from_offset + most)
        return Errno::inval;
    Piece piece;
    std::uint64_t done = 0;
    Outcome last = 0;
    while (done < most) {
        auto const wanted = std::min<std::uint64_t>(piece.size(), most - done);
        auto into = UserBuffer::internal(std::span(piece).first(wanted));
        last = from->read_at(call, into, from_offset + done);
        if (last.value() <= 0) break;
        auto const bytes = static_cast<std::size_t>(last.value());
        auto out = UserBuffer::internal(std::span<std::byte const>(piece).first(bytes));
        last = to->write_at(call, out, to_offset + done);
        if (last.value() <= 0) break;
        done += static_cast<std::uint64_t>(last.value());
    }
    if (done == 0) return last;
    if (auto const kept =
            finish(call, *from, call.args[1], from_offset, done, notify_event::access);
        kept.is_error())
        return kept;
    return finish(call, *to, call.args[3], to_offset, done, notify_event::modify);
}

} // namespace personality::calls

// read, write and their kind; lseek.

#include <servers/linux/fs/calls.hpp>

#include <servers/linux/fs/call_path.hpp>
#include <servers/linux/fs/descriptor_table.hpp>
#include <servers/linux/fs/notify/notify.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/task.hpp>

namespace personality::calls {

namespace {

enum class Direction { read, write };

/// The file, which the call keeps only once it waits (see `told`).
Result<Ref<File>> file_for(Call& call, Direction direction) {
    auto file = call.held[0] ? Ref(static_cast<File*>(call.held[0].get()))
                             : TRY(call.task.descriptors->any_file(call.fd_arg(0)));
    bool const able = direction == Direction::read ? file->readable() : file->writable();
    if (!able) return fail(Errno::badf);
    return file;
}

/// The end of a run: who watches the file hears of it, and a call that waits keeps the file.
Outcome told(Call& call, Ref<File> const& file, Direction direction, Outcome done) {
    if (done.value() > 0)
        notify(*file->location.entry,
               direction == Direction::read ? notify_event::access : notify_event::modify);
    else if (done.is_blocked())
        call.held[0] = file;
    return done;
}

Outcome move_at_position(Call& call, UserBuffer buffer, Direction direction) {
    auto const file = TRY(file_for(call, direction));
    if (direction == Direction::read) return told(call, file, direction, file->read(call, buffer));
    TRY(buffer.skip(call.progress[0]));
    return told(call, file, direction, file->write(call, buffer));
}

Outcome move_at(Call& call, UserBuffer buffer, Direction direction, std::uint64_t offset) {
    if (static_cast<std::int64_t>(offset) < 0) return Errno::inval;
    auto const file = TRY(file_for(call, direction));
    if (direction == Direction::read)
        return told(call, file, direction, file->read_at(call, buffer, offset));
    // Linux appends even where a place is given, against POSIX; programs know.
    bool const appends = (file->flags & open_flag::append) != 0 && file->seekable();
    return told(call, file, direction,
                file->write_at(call, buffer, appends ? file->inode().attributes().size : offset));
}

UserBuffer plain_buffer(Call& call) {
    return UserBuffer::plain(call.task.memory(), call.args[1], call.args[2]);
}

/// The last argument of preadv2 and pwritev2: what a flag asks for that is not there is refused.
namespace transfer {
constexpr std::uint32_t no_wait = 8, append = 16, no_append = 32;
/// With RWF_HIPRI, DSYNC and SYNC, which ask for no more than memory gives anyway.
constexpr std::uint32_t known = 7 | no_wait | append | no_append;
} // namespace transfer

Outcome move_vectors(Call& call, Direction direction) {
    TRY(file_for(call, direction)); // a bad descriptor comes before bad vectors
    return move_at_position(
        call, TRY(UserBuffer::vectors(call.task.memory(), call.args[1], call.args[2])), direction);
}

Outcome move_vectors_at(Call& call, Direction direction, bool minus_one_is_position,
                        std::uint32_t flags = 0) {
    auto const file = TRY(file_for(call, direction));
    auto buffer = TRY(UserBuffer::vectors(call.task.memory(), call.args[1], call.args[2]));
    bool const at_position = minus_one_is_position && call.args[3] == ~std::uint64_t{0};
    if (!at_position && static_cast<std::int64_t>(call.args[3]) < 0) return Errno::inval;
    constexpr auto both = transfer::append | transfer::no_append;
    if ((flags & ~transfer::known) != 0) return Errno::opnotsupp;
    if ((flags & both) == both) return Errno::inval;
    if (flags == 0)
        return at_position ? move_at_position(call, buffer, direction)
                           : move_at(call, buffer, direction, call.args[3]);
    // The flags of one call, instead of the file's own.
    if ((flags & transfer::no_wait) != 0 && file->seekable()) return Errno::opnotsupp;
    auto const own = file->flags;
    if ((flags & transfer::no_wait) != 0) file->flags |= open_flag::nonblock;
    if ((flags & transfer::append) != 0) file->flags |= open_flag::append;
    if ((flags & transfer::no_append) != 0) file->flags &= ~open_flag::append;
    auto const done = at_position ? move_at_position(call, buffer, direction)
                                  : move_at(call, buffer, direction, call.args[3]);
    file->flags = own;
    return done;
}

} // namespace

Outcome read(Call& call) { return move_at_position(call, plain_buffer(call), Direction::read); }
Outcome write(Call& call) { return move_at_position(call, plain_buffer(call), Direction::write); }
Outcome readv(Call& call) { return move_vectors(call, Direction::read); }
Outcome writev(Call& call) { return move_vectors(call, Direction::write); }
Outcome pread64(Call& call) {
    return move_at(call, plain_buffer(call), Direction::read, call.args[3]);
}
Outcome pwrite64(Call& call) {
    return move_at(call, plain_buffer(call), Direction::write, call.args[3]);
}
Outcome preadv(Call& call) { return move_vectors_at(call, Direction::read, false); }
Outcome pwritev(Call& call) { return move_vectors_at(call, Direction::write, false); }

Outcome preadv2(Call& call) {
    return move_vectors_at(call, Direction::read, true, call.int_arg(5));
}
Outcome pwritev2(Call& call) {
    return move_vectors_at(call, Direction::write, true, call.int_arg(5));
}

Outcome lseek(Call& call) {
    auto const file = TRY(file_of(call, call.fd_arg(0)));
    if (file->path_only()) return Errno::badf;
    if (call.int_arg(2) > static_cast<std::uint32_t>(File::Seek::hole)) return Errno::inval;
    return file->seek(static_cast<std::int64_t>(call.args[1]),
                      static_cast<File::Seek>(call.int_arg(2)));
}

} // namespace personality::calls

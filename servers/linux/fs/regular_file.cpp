#include <servers/linux/fs/regular_file.hpp>

#include <servers/linux/fs/caller.hpp>
#include <servers/linux/fs/ioctl.hpp>
#include <servers/linux/process/task.hpp>

#include <algorithm>

namespace personality {

namespace {

/// Whether a position would no longer be a number of 63 bits.
bool beyond_all(std::uint64_t offset, std::uint64_t bytes) {
    return static_cast<std::int64_t>(offset + bytes) < 0;
}

} // namespace

Outcome RegularFile::read_at(Call&, UserBuffer& to, std::uint64_t offset) {
    if (to.remaining() == 0) return 0;
    if (beyond_all(offset, to.remaining())) return Errno::inval;
    while (to.remaining() != 0) {
        auto const piece = contents()->view(offset, to.remaining());
        if (piece.empty()) break;
        auto const moved = to.copy_out(piece);
        if (!moved) return moved.error();
        if (*moved == 0) break;
        offset += *moved;
    }
    if ((flags & open_flag::no_access_time) == 0) RamNode::touch_accessed(location);
    return to.moved();
}

Outcome RegularFile::write_at(Call& call, UserBuffer& from, std::uint64_t offset) {
    auto wanted = from.remaining();
    if (wanted == 0) return 0;
    if (beyond_all(offset, wanted)) return Errno::inval;
    if (auto const limit = file_size_limit(call.task); wanted > limit || offset > limit - wanted) {
        if (offset >= limit) {
            raise(call.task, Signal::xfsz);
            return Errno::fbig;
        }
        wanted = limit - offset;
    }
    if (node().has_seal(seal::write | seal::future_write)) return Errno::perm;
    if (node().has_seal(seal::grow) && offset + wanted > contents()->size()) {
        if (offset >= contents()->size()) return Errno::perm;
        wanted = contents()->size() - offset;
    }
    std::size_t done = 0;
    Errno error{};
    while (done < wanted) {
        auto const room = contents()->room(offset, wanted - done);
        if (!room) {
            error = room.error() == Errno::nomem ? Errno::nospc : room.error();
            break;
        }
        auto const moved = from.copy_in(*room);
        if (!moved) error = moved.error();
        if (!moved || *moved == 0) break;
        done += *moved;
        offset += *moved;
        contents()->wrote(offset);
    }
    if (done == 0) return error;
    node().written(call.task.identity().can(Identity::fsetid));
    return done;
}

Result<std::uint64_t> RegularFile::seek(std::int64_t offset, Seek whence) {
    auto const unsigned_offset = static_cast<std::uint64_t>(offset);
    switch (whence) {
    case Seek::set: break;
    case Seek::current:
        if (__builtin_add_overflow(offset, static_cast<std::int64_t>(position), &offset))
            return fail(Errno::inval);
        break;
    case Seek::end:
        if (__builtin_add_overflow(offset, static_cast<std::int64_t>(contents()->size()), &offset))
            return fail(Errno::inval);
        break;
    case Seek::data:
        if (offset < 0) return fail(Errno::nxio);
        return position = TRY(contents()->next_data(unsigned_offset));
    case Seek::hole:
        if (offset < 0) return fail(Errno::nxio);
        return position = TRY(contents()->next_hole(unsigned_offset));
    default: return fail(Errno::inval);
    }
    if (offset < 0) return fail(Errno::inval);
    return position = static_cast<std::uint64_t>(offset);
}

Outcome RegularFile::ioctl(Call& call, std::uint32_t command, std::uint64_t argument) {
    if (command != ioctl::bytes_readable) return Errno::notty;
    auto const size = contents()->size();
    auto const left = size - std::min(position, size);
    return store_int(call, argument, static_cast<std::int32_t>(left));
}

Result<> RegularFile::allocate(std::uint32_t mode, std::uint64_t offset, std::uint64_t bytes) {
    constexpr std::uint32_t keep_size = 1, punch_hole = 2; // as tmpfs: nothing else
    auto const end = offset + bytes;
    if (mode == (keep_size | punch_hole)) {
        if (node().has_seal(seal::write | seal::future_write)) return fail(Errno::perm);
        TRY(contents()->punch(offset, end));
    } else if ((mode & ~keep_size) == 0) {
        bool const grows = (mode & keep_size) == 0 && end > contents()->size();
        if (grows && node().has_seal(seal::grow)) return fail(Errno::perm);
        // What was taken before the memory ran out stays with the file, as posix_fallocate allows.
        if (auto const had = contents()->reserve(offset, end); !had) return fail(Errno::nospc);
        if (grows) TRY(contents()->resize(end));
    } else {
        return fail(Errno::opnotsupp);
    }
    node().touch_modified();
    return {};
}

} // namespace personality

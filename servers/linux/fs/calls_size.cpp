// Sizes of files, and the calls that make written data safe: memory is as safe as it gets.

#include <servers/linux/fs/calls.hpp>

#include <servers/linux/fs/call_path.hpp>
#include <servers/linux/fs/caller.hpp>
#include <servers/linux/fs/inode.hpp>
#include <servers/linux/fs/node_operations.hpp>
#include <servers/linux/fs/notify/notify.hpp>
#include <servers/linux/process/task.hpp>

namespace personality::calls {

namespace {

/// EFBIG and SIGXFSZ where the program's limit on file sizes stands in the way.
Outcome check_limit(Call& call, std::uint64_t bytes) {
    if (bytes <= file_size_limit(call.task)) return 0;
    raise(call.task, Signal::xfsz);
    return Errno::fbig;
}

Result<Ref<File>> real_file(Call& call) {
    auto file = TRY(file_of(call, call.fd_arg(0)));
    if (file->path_only()) return fail(Errno::badf);
    return file;
}

Outcome make_safe(Call& call) { return TRY(real_file(call))->sync(); }

} // namespace

Outcome truncate(Call& call) {
    if (static_cast<std::int64_t>(call.args[1]) < 0) return Errno::inval;
    CallPath path(call);
    auto const at = TRY(path.find(at_flag::working_folder, call.args[0]));
    if (auto const checked = check_limit(call, call.args[1]); checked.is_error()) return checked;
    return change_size(at, call.args[1], path.actor());
}

Outcome ftruncate(Call& call) {
    if (static_cast<std::int64_t>(call.args[1]) < 0) return Errno::inval;
    auto const file = TRY(real_file(call));
    // What was opened for writing may be cut, whatever its permissions have become.
    if (!file->writable() || file->inode().type != FileType::regular) return Errno::inval;
    if (auto const checked = check_limit(call, call.args[1]); checked.is_error()) return checked;
    return cut(*file->location.entry, call.args[1], actor_of(call.task));
}

Outcome fallocate(Call& call) {
    auto const file = TRY(real_file(call));
    auto const offset = static_cast<std::int64_t>(call.args[2]);
    auto const bytes = static_cast<std::int64_t>(call.args[3]);
    if (offset < 0 || bytes <= 0) return Errno::inval;
    std::int64_t end;
    if (__builtin_add_overflow(offset, bytes, &end)) return Errno::fbig;
    if (!file->writable()) return Errno::badf;
    auto const mode = call.int_arg(1);
    constexpr std::uint32_t keep_size = 1;
    if ((mode & keep_size) == 0)
        if (auto const checked = check_limit(call, static_cast<std::uint64_t>(end));
            checked.is_error())
            return checked;
    if (file->inode().folder()) return Errno::isdir;
    TRY(file->allocate(mode, static_cast<std::uint64_t>(offset),
                       static_cast<std::uint64_t>(bytes)));
    if (!call.task.identity().can(Identity::fsetid)) TRY(drop_set_id(file->inode()));
    notify(*file->location.entry, notify_event::modify);
    return 0;
}

Outcome fadvise64(Call& call) {
    auto const file = TRY(real_file(call));
    constexpr std::uint32_t last_advice = 5;
    if (file->inode().type == FileType::fifo) return Errno::spipe;
    return static_cast<std::int64_t>(call.args[2]) < 0 || call.int_arg(3) > last_advice
               ? Errno::inval
               : Outcome(0);
}

Outcome readahead(Call& call) {
    auto const file = TRY(real_file(call));
    if (!file->readable()) return Errno::badf;
    return file->inode().type == FileType::regular ? Outcome(0) : Errno::inval;
}

Outcome sync(Call&) { return 0; }
Outcome syncfs(Call& call) {
    TRY(real_file(call));
    return 0;
}
Outcome fsync(Call& call) { return make_safe(call); }
Outcome fdatasync(Call& call) { return make_safe(call); }

Outcome sync_file_range(Call& call) {
    auto const file = TRY(real_file(call));
    constexpr std::uint32_t known = 7;
    if ((call.int_arg(3) & ~known) != 0) return Errno::inval;
    auto const offset = static_cast<std::int64_t>(call.args[1]);
    std::int64_t end;
    if (offset < 0 || __builtin_add_overflow(offset, call.args[2], &end) || end < offset)
        return Errno::inval;
    auto const type = file->inode().type;
    bool const stored = type == FileType::regular || type == FileType::block_device ||
                        type == FileType::folder || type == FileType::symlink;
    return stored ? Outcome(0) : Errno::spipe;
}

} // namespace personality::calls

// stat, statx, statfs and their kind.

#include <servers/linux/fs/calls.hpp>

#include <servers/linux/fs/call_path.hpp>
#include <servers/linux/fs/stat_layout.hpp>
#include <servers/linux/fs/volume.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/task.hpp>

namespace personality::calls {

namespace {

constexpr auto here = at_flag::working_folder;
constexpr std::int64_t block_bytes = static_cast<std::int64_t>(page_bytes);

Outcome tell(Call& call, Location const& at, UserAddress address) {
    auto const& inode = at.inode();
    auto const a = inode.attributes();
    StatWords const words{.device = inode.volume.device.encoded(),
                          .number = inode.number,
                          .links = a.links,
                          .mode = a.mode(),
                          .user = a.user,
                          .group = a.group,
                          .padding = 0,
                          .stands_for = a.device.encoded(),
                          .size = static_cast<std::int64_t>(a.size),
                          .block_size = block_bytes,
                          .blocks = static_cast<std::int64_t>(a.blocks),
                          .accessed = a.accessed.seconds,
                          .accessed_ns = a.accessed.nanoseconds,
                          .modified = a.modified.seconds,
                          .modified_ns = a.modified.nanoseconds,
                          .changed = a.changed.seconds,
                          .changed_ns = a.changed.nanoseconds,
                          .unused = {}};
    return call.task.memory().store(address, words);
}

StatxTime statx_time(Timestamp const& time) { return {time.seconds, time.nanoseconds, 0}; }

Outcome tell_more(Call& call, Location const& at, UserAddress address) {
    constexpr std::uint32_t basic = 0x7ff, born = 0x800, mount_id = 0x1000;
    constexpr std::uint64_t mount_root = 0x2000;
    auto const& inode = at.inode();
    auto const a = inode.attributes();
    StatxWords const words{.mask = basic | born | mount_id,
                           .block_size = static_cast<std::uint32_t>(block_bytes),
                           .attributes = at.entry == at.mount->root ? mount_root : 0,
                           .links = a.links,
                           .user = a.user,
                           .group = a.group,
                           .mode = static_cast<std::uint16_t>(a.mode()),
                           .padding = 0,
                           .number = inode.number,
                           .size = a.size,
                           .blocks = a.blocks,
                           .attributes_mask = mount_root,
                           .accessed = statx_time(a.accessed),
                           .born = statx_time(a.born),
                           .changed = statx_time(a.changed),
                           .modified = statx_time(a.modified),
                           .stands_for_major = a.device.major,
                           .stands_for_minor = a.device.minor,
                           .device_major = inode.volume.device.major,
                           .device_minor = inode.volume.device.minor,
                           .mount = at.mount->id,
                           .spare = {}};
    return call.task.memory().store(address, words);
}

Outcome tell_of_volume(Call& call, Location const& at, UserAddress address) {
    constexpr std::int64_t read_only = 1, no_set_id = 2, no_devices = 4, no_exec = 8, valid = 0x20,
                           no_access_times = 0x400, no_folder_access_times = 0x800,
                           relative_times = 0x1000, no_symlinks = 0x2000;
    auto const& flags = at.mount->flags;
    auto const& volume = at.inode().volume;
    auto const s = volume.statistics();
    bool const relative = !flags.no_access_times && !flags.strict_access_times;
    auto const shown = valid | (flags.read_only || volume.read_only ? read_only : 0) |
                       (flags.no_set_id ? no_set_id : 0) | (flags.no_devices ? no_devices : 0) |
                       (flags.no_exec ? no_exec : 0) |
                       (flags.no_access_times ? no_access_times : 0) |
                       (flags.no_folder_access_times ? no_folder_access_times : 0) |
                       (relative ? relative_times : 0) | (flags.no_symlinks ? no_symlinks : 0);
    StatfsWords const words{.magic = static_cast<std::int64_t>(s.magic),
                            .block_size = block_bytes,
                            .blocks = s.blocks,
                            .blocks_free = s.blocks_free,
                            .blocks_available = s.blocks_free,
                            .nodes = s.nodes,
                            .nodes_free = s.nodes_free,
                            .id = {static_cast<std::int32_t>(volume.device.minor), 0},
                            .name_length = Entry::longest_name,
                            .fragment_size = block_bytes,
                            .flags = shown,
                            .spare = {}};
    return call.task.memory().store(address, words);
}

constexpr auto known_flags =
    at_flag::symlink_no_follow | at_flag::empty_path | at_flag::no_automount;

} // namespace

Outcome stat(Call& call) {
    CallPath path(call);
    return tell(call, TRY(path.find(here, call.args[0])), call.args[1]);
}

Outcome lstat(Call& call) {
    CallPath path(call);
    return tell(call, TRY(path.find(here, call.args[0], false)), call.args[1]);
}

Outcome fstat(Call& call) {
    return tell(call, TRY(file_of(call, call.fd_arg(0)))->location, call.args[1]);
}

Outcome newfstatat(Call& call) {
    auto const flags = call.int_arg(3);
    if ((flags & ~known_flags) != 0) return Errno::inval;
    CallPath path(call);
    return tell(call, TRY(path.find_at(call.fd_arg(0), call.args[1], flags)), call.args[2]);
}

Outcome statx(Call& call) {
    constexpr std::uint32_t reserved = 0x8000'0000;
    auto const flags = call.int_arg(2);
    bool const both_syncs = (flags & at_flag::statx_sync) == at_flag::statx_sync;
    if ((flags & ~(known_flags | at_flag::statx_sync)) != 0 || both_syncs) return Errno::inval;
    if ((call.int_arg(3) & reserved) != 0) return Errno::inval;
    CallPath path(call);
    return tell_more(call, TRY(path.find_at(call.fd_arg(0), call.args[1], flags)), call.args[4]);
}

Outcome statfs(Call& call) {
    CallPath path(call);
    return tell_of_volume(call, TRY(path.find(here, call.args[0])), call.args[1]);
}

Outcome fstatfs(Call& call) {
    return tell_of_volume(call, TRY(file_of(call, call.fd_arg(0)))->location, call.args[1]);
}

} // namespace personality::calls

// Making, removing, linking and moving names.

#include <servers/linux/fs/calls.hpp>

#include <servers/linux/fs/call_path.hpp>
#include <servers/linux/fs/file_context.hpp>
#include <servers/linux/fs/node_operations.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/task.hpp>

#include <algorithm>
#include <array>

namespace personality::calls {

namespace {

constexpr auto here = at_flag::working_folder;

std::uint16_t masked(Call& call, std::uint64_t mode, std::uint16_t allowed) {
    return static_cast<std::uint16_t>(mode & allowed & ~context_of(call).umask);
}

Outcome make_folder(Call& call, std::int32_t folder, UserAddress address, std::uint64_t mode) {
    CallPath path(call);
    auto const slot = TRY(path.slot(folder, address));
    constexpr std::uint16_t allowed = permission::access | permission::sticky;
    TRY(create_node(slot, {.type = FileType::folder, .permissions = masked(call, mode, allowed)},
                    path.actor()));
    return 0;
}

Outcome make_node(Call& call, std::int32_t folder, UserAddress address, std::uint32_t mode,
                  std::uint64_t device) {
    CallPath path(call);
    NewNode node{.permissions = masked(call, mode, permission::all),
                 .device = DeviceNumber::decoded(device)};
    bool allowed = true;
    switch (mode >> 12) {
    case 0:
    case static_cast<std::uint32_t>(FileType::regular): node.type = FileType::regular; break;
    case static_cast<std::uint32_t>(FileType::fifo):
    case static_cast<std::uint32_t>(FileType::socket):
        node.type = static_cast<FileType>(mode >> 12);
        break;
    case static_cast<std::uint32_t>(FileType::character_device):
    case static_cast<std::uint32_t>(FileType::block_device):
        node.type = static_cast<FileType>(mode >> 12);
        allowed = call.task.identity().can(Identity::mknod);
        break;
    case static_cast<std::uint32_t>(FileType::folder): return Errno::perm;
    default: return Errno::inval;
    }
    auto const slot = TRY(path.slot(folder, address));
    if (!allowed && !slot.found) { // a name that exists and a folder's permissions come first
        TRY(check_folder_writable(slot.folder, path.actor()));
        return Errno::perm;
    }
    TRY(create_node(slot, node, path.actor()));
    return 0;
}

Outcome remove(Call& call, std::int32_t folder, UserAddress address, bool whole_folder) {
    CallPath path(call);
    auto const slot = TRY(path.slot(folder, address));
    return whole_folder ? remove_folder(slot, path.actor()) : remove_node(slot, path.actor());
}

Outcome move(Call& call, std::int32_t from_folder, UserAddress from, std::int32_t to_folder,
             UserAddress to, std::uint32_t flags) {
    constexpr auto known = rename_flag::no_replace | rename_flag::exchange;
    if ((flags & ~known) != 0 || (flags & known) == known) return Errno::inval;
    CallPath from_path(call), to_path(call);
    auto const from_slot = TRY(from_path.slot(from_folder, from));
    auto const to_slot = TRY(to_path.slot(to_folder, to));
    return rename_node(from_slot, to_slot, flags, from_path.actor());
}

Outcome make_link(Call& call, std::int32_t from_folder, UserAddress from, std::int32_t to_folder,
                  UserAddress to, std::uint32_t flags) {
    if ((flags & ~(at_flag::symlink_follow | at_flag::empty_path)) != 0) return Errno::inval;
    CallPath from_path(call), to_path(call);
    auto const how = (flags & at_flag::empty_path) |
                     ((flags & at_flag::symlink_follow) != 0 ? 0 : at_flag::symlink_no_follow);
    auto const node = TRY(from_path.find_at(from_folder, from, how));
    return link_node(node, TRY(to_path.slot(to_folder, to)), from_path.actor());
}

Outcome make_symlink(Call& call, UserAddress target, std::int32_t folder, UserAddress address) {
    std::array<char, longest_path> memory;
    auto const text = TRY(call.task.memory().string(memory, target));
    if (text.empty()) return Errno::noent;
    CallPath path(call);
    auto const slot = TRY(path.slot(folder, address));
    TRY(create_node(slot, {.type = FileType::symlink, .permissions = 0777, .target = text},
                    path.actor()));
    return 0;
}

Outcome read_link(Call& call, std::int32_t folder, UserAddress address, UserAddress to,
                  std::int32_t bytes) {
    if (bytes <= 0) return Errno::inval;
    CallPath path(call);
    auto const at =
        TRY(path.find_at(folder, address, at_flag::symlink_no_follow | at_flag::empty_path));
    if (at.inode().type != FileType::symlink)
        return path.text().empty() ? Errno::noent : Errno::inval;
    std::array<char, longest_path> scratch;
    auto const target = TRY(at.inode().target(scratch, path.actor()));
    auto const count = std::min(target.size(), static_cast<std::size_t>(bytes));
    TRY(call.task.memory().copy_out(to, std::as_bytes(std::span(target.data(), count))));
    return count;
}

} // namespace

Outcome mkdir(Call& call) { return make_folder(call, here, call.args[0], call.args[1]); }
Outcome mkdirat(Call& call) {
    return make_folder(call, call.fd_arg(0), call.args[1], call.args[2]);
}
Outcome mknod(Call& call) {
    return make_node(call, here, call.args[0], call.int_arg(1), call.int_arg(2));
}
Outcome mknodat(Call& call) {
    return make_node(call, call.fd_arg(0), call.args[1], call.int_arg(2), call.int_arg(3));
}
Outcome rmdir(Call& call) { return remove(call, here, call.args[0], true); }
Outcome unlink(Call& call) { return remove(call, here, call.args[0], false); }
Outcome unlinkat(Call& call) {
    if ((call.int_arg(2) & ~at_flag::remove_folder) != 0) return Errno::inval;
    return remove(call, call.fd_arg(0), call.args[1], call.int_arg(2) != 0);
}
Outcome rename(Call& call) { return move(call, here, call.args[0], here, call.args[1], 0); }
Outcome renameat(Call& call) {
    return move(call, call.fd_arg(0), call.args[1], call.fd_arg(2), call.args[3], 0);
}
Outcome renameat2(Call& call) {
    return move(call, call.fd_arg(0), call.args[1], call.fd_arg(2), call.args[3], call.int_arg(4));
}
Outcome link(Call& call) { return make_link(call, here, call.args[0], here, call.args[1], 0); }
Outcome linkat(Call& call) {
    return make_link(call, call.fd_arg(0), call.args[1], call.fd_arg(2), call.args[3],
                     call.int_arg(4));
}
Outcome symlink(Call& call) { return make_symlink(call, call.args[0], here, call.args[1]); }
Outcome symlinkat(Call& call) {
    return make_symlink(call, call.args[0], call.fd_arg(1), call.args[2]);
}
Outcome readlink(Call& call) {
    return read_link(call, here, call.args[0], call.args[1], call.fd_arg(2));
}
Outcome readlinkat(Call& call) {
    return read_link(call, call.fd_arg(0), call.args[1], call.args[2], call.fd_arg(3));
}

} // namespace personality::calls

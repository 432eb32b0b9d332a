// access, chmod, chown, umask.

#include <servers/linux/fs/calls.hpp>

#include <servers/linux/fs/call_path.hpp>
#include <servers/linux/fs/caller.hpp>
#include <servers/linux/fs/file_context.hpp>
#include <servers/linux/fs/node_operations.hpp>
#include <servers/linux/process/task.hpp>

#include <utility>

namespace personality::calls {

namespace {

constexpr auto here = at_flag::working_folder;

Outcome check_access(Call& call, std::int32_t folder, UserAddress address, std::uint32_t mode,
                     std::uint32_t flags) {
    constexpr auto known =
        at_flag::effective_access | at_flag::symlink_no_follow | at_flag::empty_path;
    if ((mode & ~7U) != 0 || (flags & ~known) != 0) return Errno::inval;
    bool const effective = (flags & at_flag::effective_access) != 0;
    CallPath path(call, effective ? actor_of(call.task) : real_actor_of(call.task));
    auto const at = TRY(path.find_at(folder, address, flags));
    auto const attributes = at.inode().attributes();
    bool const stored = attributes.type == FileType::folder || attributes.type == FileType::regular;
    if ((mode & wanted::write) != 0 && stored) TRY(check_changeable(at));
    if ((mode & wanted::execute) != 0 && attributes.type == FileType::regular &&
        at.mount->flags.no_exec)
        return Errno::acces;
    return path.actor().check(attributes, mode);
}

Outcome set_mode(Call& call, std::int32_t folder, UserAddress address, std::uint64_t mode,
                 std::uint32_t flags) {
    if ((flags & ~(at_flag::symlink_no_follow | at_flag::empty_path)) != 0) return Errno::inval;
    CallPath path(call);
    auto const at = TRY(path.find_at(folder, address, flags));
    if (at.inode().type == FileType::symlink) return Errno::opnotsupp;
    return change_permissions(at, static_cast<std::uint16_t>(mode & permission::all), path.actor());
}

Outcome set_owner(Call& call, std::int32_t folder, UserAddress address, std::uint32_t user,
                  std::uint32_t group, std::uint32_t flags) {
    if ((flags & ~(at_flag::symlink_no_follow | at_flag::empty_path)) != 0) return Errno::inval;
    CallPath path(call);
    auto const at = TRY(path.find_at(folder, address, flags));
    return change_owner(at, user, group, path.actor());
}

} // namespace

Outcome access(Call& call) { return check_access(call, here, call.args[0], call.int_arg(1), 0); }
Outcome faccessat(Call& call) {
    return check_access(call, call.fd_arg(0), call.args[1], call.int_arg(2), 0);
}
Outcome faccessat2(Call& call) {
    return check_access(call, call.fd_arg(0), call.args[1], call.int_arg(2), call.int_arg(3));
}

Outcome chmod(Call& call) { return set_mode(call, here, call.args[0], call.args[1], 0); }
Outcome fchmodat(Call& call) {
    return set_mode(call, call.fd_arg(0), call.args[1], call.args[2], 0);
}
Outcome fchmodat2(Call& call) {
    return set_mode(call, call.fd_arg(0), call.args[1], call.args[2], call.int_arg(3));
}
Outcome fchmod(Call& call) {
    auto const file = TRY(file_of(call, call.fd_arg(0)));
    if (file->path_only()) return Errno::badf;
    return change_permissions(file->location,
                              static_cast<std::uint16_t>(call.args[1] & permission::all),
                              actor_of(call.task));
}

Outcome chown(Call& call) {
    return set_owner(call, here, call.args[0], call.int_arg(1), call.int_arg(2), 0);
}
Outcome lchown(Call& call) {
    return set_owner(call, here, call.args[0], call.int_arg(1), call.int_arg(2),
                     at_flag::symlink_no_follow);
}
Outcome fchownat(Call& call) {
    return set_owner(call, call.fd_arg(0), call.args[1], call.int_arg(2), call.int_arg(3),
                     call.int_arg(4));
}
Outcome fchown(Call& call) {
    auto const file = TRY(file_of(call, call.fd_arg(0)));
    if (file->path_only()) return Errno::badf;
    return change_owner(file->location, call.int_arg(1), call.int_arg(2), actor_of(call.task));
}

Outcome umask(Call& call) {
    return std::exchange(context_of(call).umask,
                         static_cast<std::uint16_t>(call.args[0] & permission::access));
}

} // namespace personality::calls

// Extended attributes: no volume has them, and says so as a volume of Linux does that has none. The
// file is looked up all the same, since programs tell ENOENT from ENOTSUP.

#include <servers/linux/fs/calls.hpp>

#include <servers/linux/fs/call_path.hpp>
#include <servers/linux/process/task.hpp>

namespace personality::calls {

namespace {

constexpr std::uint64_t lsetxattr = 189, lgetxattr = 192, llistxattr = 195, lremovexattr = 198;

Outcome by_path(Call& call) {
    bool const link_itself = call.number == lsetxattr || call.number == lgetxattr ||
                             call.number == llistxattr || call.number == lremovexattr;
    CallPath path(call);
    TRY(path.find(at_flag::working_folder, call.args[0], !link_itself));
    return Errno::opnotsupp;
}

Outcome by_descriptor(Call& call) {
    auto const file = TRY(file_of(call, call.fd_arg(0)));
    return file->path_only() ? Errno::badf : Errno::opnotsupp;
}

} // namespace

Outcome get_attribute(Call& call) { return by_path(call); }
Outcome get_attribute_of(Call& call) { return by_descriptor(call); }
Outcome set_attribute(Call& call) { return by_path(call); }
Outcome set_attribute_of(Call& call) { return by_descriptor(call); }
Outcome list_attributes(Call& call) { return by_path(call); }
Outcome list_attributes_of(Call& call) { return by_descriptor(call); }

Outcome name_to_handle_at(Call& call) {
    if ((call.int_arg(4) & ~(at_flag::symlink_follow | at_flag::empty_path)) != 0)
        return Errno::inval;
    CallPath path(call);
    auto const how = (call.int_arg(4) & at_flag::symlink_follow) != 0
                         ? call.int_arg(4)
                         : call.int_arg(4) | at_flag::symlink_no_follow;
    TRY(path.find_at(call.fd_arg(0), call.args[1], how));
    return Errno::opnotsupp;
}

Outcome open_by_handle_at(Call& call) {
    constexpr auto read_search = Identity::dac_read_search;
    if (!call.task.identity().can(read_search)) return Errno::perm;
    return Errno::stale;
}

} // namespace personality::calls

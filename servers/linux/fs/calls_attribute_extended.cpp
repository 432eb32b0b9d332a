// Extended attributes: no volume has them, and says so as a volume of Linux does that has none. The
// file is looked up all the same, since programs tell ENOENT from ENOTSUP.

#include <servers/linux/fs/calls.hpp>

#include <servers/linux/fs/call_path.hpp>

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

} // namespace personality::calls

#pragma once
// What travels beside the bytes of sendmsg and recvmsg: files (SCM_RIGHTS) and who sends
// (SCM_CREDENTIALS), as struct cmsghdr has it.

#include <servers/linux/fs/socket/message.hpp>
#include <servers/linux/fs/socket/socket.hpp>
#include <servers/linux/user_memory.hpp>

namespace personality {

class Call;

/// Take them from the program's memory into `message`. EINVAL, EBADF, EPERM, ETOOMANYREFS, ENOBUFS.
Result<> load_control(Call& call, Socket const& socket, UserAddress control, std::uint64_t bytes,
                      Outgoing& message);
/// Give what came to the program: files get descriptors. What there is no room for is dropped, and
/// `message.told` says so. Returns how many bytes were written.
std::uint64_t store_control(Call& call, Socket const& socket, UserAddress control,
                            std::uint64_t bytes, Incoming& message);

} // namespace personality

#pragma once
// Sockets among the arguments of a call.

#include <servers/linux/call.hpp>
#include <servers/linux/fs/socket/socket.hpp>
#include <servers/linux/user_memory.hpp>

namespace personality {

/// The socket of a descriptor, kept alive while the call waits. EBADF, ENOTSOCK.
Result<Ref<Socket>> socket_of(Call& call, std::int32_t fd);
/// EINVAL if it is longer than any address, EFAULT.
Result<SocketAddress> load_address(Call& call, UserAddress address, std::uint64_t length);
/// As much of it as the program has room for; `length` is told how long it is.
Result<> store_address(Call& call, SocketAddress const& from, UserAddress address,
                       UserAddress length);

} // namespace personality

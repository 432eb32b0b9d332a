#include <servers/linux/fs/socket/call_socket.hpp>

#include <servers/linux/fs/call_path.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/task.hpp>

#include <algorithm>

namespace personality {

Result<Ref<Socket>> socket_of(Call& call, std::int32_t fd) {
    auto const file = TRY(file_of(call, fd));
    if (file->path_only()) return fail(Errno::badf);
    if (file->kind() != FileKind::socket) return fail(Errno::notsock);
    return Ref(static_cast<Socket*>(file.get()));
}

Result<SocketAddress> load_address(Call& call, UserAddress address, std::uint64_t length) {
    auto const bytes = static_cast<std::int32_t>(length);
    if (bytes < 0 || static_cast<std::size_t>(bytes) > SocketAddress::longest)
        return fail(Errno::inval);
    SocketAddress loaded;
    loaded.length = static_cast<std::uint32_t>(bytes);
    TRY(call.task.memory().copy_in(std::span(loaded.bytes).first(loaded.length), address));
    return loaded;
}

Result<> store_address(Call& call, SocketAddress const& from, UserAddress address,
                       UserAddress length) {
    auto& memory = call.task.memory();
    auto const room = TRY(memory.load<std::int32_t>(length));
    if (room < 0) return fail(Errno::inval);
    auto const bytes = std::min(from.length, static_cast<std::uint32_t>(room));
    TRY(memory.copy_out(address, std::span(from.bytes).first(bytes)));
    return memory.store(length, from.length);
}

} // namespace personality

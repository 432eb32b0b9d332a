// Making sockets, naming and connecting them.

#include <servers/linux/fs/calls.hpp>

#include <servers/linux/fs/call_path.hpp>
#include <servers/linux/fs/descriptor_table.hpp>
#include <servers/linux/fs/file_system.hpp>
#include <servers/linux/fs/socket/call_socket.hpp>
#include <servers/linux/fs/socket/unix_socket.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/process/task.hpp>

namespace personality::calls {

namespace {

constexpr std::uint32_t descriptor_flags = open_flag::close_on_exec | open_flag::nonblock;

/// A socket of the family, type and protocol that the first three arguments name.
Result<Ref<UnixSocket>> make_socket(Call& call) {
    constexpr std::uint32_t type_mask = 0xf, raw = 3, types = 11;
    auto const kind = call.int_arg(1) & type_mask;
    auto const flags = call.int_arg(1) & ~type_mask;
    if ((flags & ~descriptor_flags) != 0) return fail(Errno::inval);
    if (call.int_arg(0) >= address_family::most) return fail(Errno::afnosupport);
    if (kind >= types) return fail(Errno::inval);
    if (call.int_arg(0) != address_family::unix_domain) return fail(Errno::afnosupport);
    auto const protocol = call.int_arg(2);
    if (protocol != 0 && protocol != address_family::unix_domain)
        return fail(Errno::protonosupport);
    auto type = static_cast<Socket::Type>(kind);
    if (kind == raw) type = Socket::Type::datagram;
    if (type != Socket::Type::stream && type != Socket::Type::datagram &&
        type != Socket::Type::sequence)
        return fail(Errno::socktnosupport);
    return files_of(call).sockets.make_socket(type, open_flag::read_write |
                                                        (flags & open_flag::nonblock));
}

bool closes_on_exec(Call& call) { return (call.int_arg(1) & open_flag::close_on_exec) != 0; }

Outcome accept_with(Call& call, std::uint32_t flags) {
    if ((flags & ~descriptor_flags) != 0) return Errno::inval;
    auto const listener = TRY(socket_of(call, call.fd_arg(0)));
    auto& table = *call.task.descriptors;
    TRY(table.can_add(1, static_cast<std::uint32_t>(call.task.process.limits.soft(Limit::nofile))));
    Ref<Socket> accepted;
    auto const outcome = listener->accept(call, flags & open_flag::nonblock, accepted);
    if (!accepted) return outcome;
    if (call.args[1] != 0) {
        SocketAddress name;
        auto const known = accepted->peer_name(name);
        if (known.is_error()) return Errno::connaborted;
        TRY(store_address(call, name, call.args[1], call.args[2]));
    }
    return install(call, std::move(accepted), (flags & open_flag::close_on_exec) != 0);
}

} // namespace

Outcome socket(Call& call) { return install(call, TRY(make_socket(call)), closes_on_exec(call)); }

Outcome socketpair(Call& call) {
    auto& table = *call.task.descriptors;
    auto const limit = static_cast<std::uint32_t>(call.task.process.limits.soft(Limit::nofile));
    auto const one = TRY(make_socket(call)), other = TRY(make_socket(call));
    TRY(table.can_add(2, limit));
    auto const& identity = call.task.identity();
    files_of(call).sockets.connect_pair(*one, *other,
                                        {call.task.process.pid, identity.euid, identity.egid});
    auto const first = install(call, one, closes_on_exec(call));
    if (first.is_error()) return first;
    auto const second = install(call, other, closes_on_exec(call));
    auto const first_fd = static_cast<std::int32_t>(first.value());
    auto const second_fd = static_cast<std::int32_t>(second.value());
    std::array const descriptors{first_fd, second_fd};
    auto const told =
        second.is_error() ? second : Outcome(call.task.memory().store(call.args[3], descriptors));
    if (!told.is_error()) return 0;
    static_cast<void>(table.close(first_fd));
    if (!second.is_error()) static_cast<void>(table.close(second_fd));
    return told;
}

Outcome bind(Call& call) {
    auto const socket = TRY(socket_of(call, call.fd_arg(0)));
    return socket->bind(call, TRY(load_address(call, call.args[1], call.args[2])));
}

Outcome connect(Call& call) {
    auto const socket = TRY(socket_of(call, call.fd_arg(0)));
    return socket->connect(call, TRY(load_address(call, call.args[1], call.args[2])));
}

Outcome listen(Call& call) {
    return TRY(socket_of(call, call.fd_arg(0)))->listen(call, call.int_arg(1));
}

Outcome accept(Call& call) { return accept_with(call, 0); }
Outcome accept4(Call& call) { return accept_with(call, call.int_arg(3)); }

Outcome shutdown(Call& call) {
    constexpr std::uint32_t both = 2;
    auto const socket = TRY(socket_of(call, call.fd_arg(0)));
    if (call.int_arg(1) > both) return Errno::inval;
    return socket->shut_down(call.int_arg(1) + 1); // as bits: 1 receive, 2 send
}

Outcome getsockname(Call& call) {
    SocketAddress name;
    auto const known = TRY(socket_of(call, call.fd_arg(0)))->name(name);
    return known.is_error() ? known : store_address(call, name, call.args[1], call.args[2]);
}

Outcome getpeername(Call& call) {
    SocketAddress name;
    auto const known = TRY(socket_of(call, call.fd_arg(0)))->peer_name(name);
    return known.is_error() ? known : store_address(call, name, call.args[1], call.args[2]);
}

} // namespace personality::calls

#include <servers/linux/fs/socket/unix_socket.hpp>

#include <servers/linux/fs/call_path.hpp>
#include <servers/linux/fs/file_context.hpp>
#include <servers/linux/fs/file_system.hpp>
#include <servers/linux/fs/ioctl.hpp>
#include <servers/linux/fs/node_operations.hpp>
#include <servers/linux/fs/socket/unix_domain.hpp>
#include <servers/linux/process/process.hpp>

namespace personality {

UnixSocket::UnixSocket(Location at, std::uint32_t open_flags, Type kind_of, UnixDomain& domain)
    : Socket(std::move(at), open_flags, address_family::unix_domain, kind_of), domain_(domain) {
    next = std::exchange(domain_.first, this);
    if (next != nullptr) next->previous = this;
    domain_.sockets++;
}

UnixSocket::~UnixSocket() {
    if (named_) domain_.names.remove(*this);
    (previous != nullptr ? previous->next : domain_.first) = next;
    if (next != nullptr) next->previous = previous;
    domain_.sockets--;
    domain_.flight.collect();
}

void UnixSocket::descriptor_closed() {
    if (in_flight != 0) domain_.flight.collect(this);
}

Credentials UnixSocket::credentials_of(Call& call, bool effective) {
    auto const& identity = call.task.identity();
    return {call.task.process.pid, effective ? identity.euid : identity.uid,
            effective ? identity.egid : identity.gid};
}

Outcome UnixSocket::name(SocketAddress& to) const {
    UnixAddress::put(address_.get(), to);
    return 0;
}

Result<> UnixSocket::bind_anywhere() {
    std::array<char, 6> memory;
    auto const name = domain_.names.unused(memory);
    if (name.empty()) return fail(Errno::nospc);
    auto made = make<UnixAddress>(name);
    if (!made) return fail(Errno::nomem);
    address_ = std::move(made);
    domain_.names.add(*this);
    named_ = true;
    return {};
}

Outcome UnixSocket::bind(Call& call, SocketAddress const& address) {
    bool const anywhere =
        address.length == sizeof(std::uint16_t) && address.family() == address_family::unix_domain;
    if (anywhere) return address_ ? Result<>() : bind_anywhere();
    auto const name = TRY(UnixAddress::name_in(address));
    if (address_) return Errno::inval;
    auto made = make<UnixAddress>(name);
    if (!made) return Errno::nomem;
    if (UnixAddress::abstract(name)) {
        if (domain_.names.find(name) != nullptr) return Errno::addrinuse;
    } else {
        CallPath path(call);
        auto start = TRY(start_of(call, at_flag::working_folder, name));
        auto const slot = TRY(path.walk().find_slot(std::move(start), name));
        auto const permissions =
            static_cast<std::uint16_t>(permission::access & ~context_of(call).umask);
        auto const at = create_node(
            slot, NewNode{.type = FileType::socket, .permissions = permissions}, path.actor());
        if (!at) return at.error() == Errno::exist ? Errno::addrinuse : at.error();
        node_ = at->entry->inode_ref();
    }
    address_ = std::move(made);
    domain_.names.add(*this);
    named_ = true;
    return 0;
}

Result<Ref<UnixSocket>> UnixSocket::find(Call& call, SocketAddress const& address) {
    auto const name = TRY(UnixAddress::name_in(address));
    UnixSocket* found = nullptr;
    if (UnixAddress::abstract(name)) {
        found = domain_.names.find(name);
    } else {
        CallPath path(call);
        auto start = TRY(start_of(call, at_flag::working_folder, name));
        auto const at = TRY(path.walk().find(std::move(start), name));
        TRY(path.actor().check(at.inode().access(), wanted::write));
        if (at.inode().type == FileType::socket) found = domain_.names.find(at.inode());
    }
    if (found == nullptr) return fail(Errno::connrefused);
    if (found->type != type) return fail(Errno::prototype);
    return Ref(found);
}

Outcome UnixSocket::ioctl(Call& call, std::uint32_t command, std::uint64_t argument) {
    if (command != ioctl::bytes_readable) return Errno::notty;
    return store_int(call, argument, static_cast<std::int32_t>(TRY(waiting_bytes())));
}

} // namespace personality

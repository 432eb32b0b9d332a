#include <servers/linux/fs/socket/unix_domain.hpp>

#include <servers/linux/fs/file_system.hpp>
#include <servers/linux/fs/socket/unix_datagram.hpp>
#include <servers/linux/fs/socket/unix_sequence.hpp>
#include <servers/linux/fs/socket/unix_stream.hpp>

namespace personality {

std::size_t UnixDomain::most_bytes() const {
    return files.environment.frames.total() / 4 * page_bytes;
}

Result<Ref<UnixSocket>> UnixDomain::make_socket(Socket::Type type, std::uint32_t open_flags) {
    // Each takes a page at most, with its inode and the first bytes in its queue.
    if (sockets >= files.environment.frames.total() / 4) return fail(Errno::nfile);
    constexpr std::uint16_t anybody = 0777;
    auto at = TRY(files.nameless("socket", FileType::socket, anybody));
    UnixSocket* made = nullptr;
    switch (type) {
    case Socket::Type::stream:
        made = new (files.memory) UnixStream(std::move(at), open_flags, *this);
        break;
    case Socket::Type::datagram:
        made = new (files.memory) UnixDatagram(std::move(at), open_flags, *this);
        break;
    case Socket::Type::sequence:
        made = new (files.memory) UnixSequence(std::move(at), open_flags, *this);
        break;
    }
    if (made == nullptr) return fail(Errno::nomem);
    return Ref(made);
}

void UnixDomain::connect_pair(UnixSocket& one, UnixSocket& other, Credentials const& maker) {
    one.peer_credentials_ = other.peer_credentials_ = maker;
    if (one.type == Socket::Type::datagram) {
        static_cast<UnixDatagram&>(one).set_peer(&static_cast<UnixDatagram&>(other));
        static_cast<UnixDatagram&>(other).set_peer(&static_cast<UnixDatagram&>(one));
    } else {
        static_cast<UnixConnection&>(one).join(static_cast<UnixConnection&>(other));
    }
}

} // namespace personality

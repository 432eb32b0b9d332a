#pragma once
// SOCK_DGRAM of the UNIX domain: messages to whoever has the name. It may be connected to one
// other, who need not know; to one who is connected elsewhere only that one may send.

#include <servers/linux/fs/socket/packet_queue.hpp>
#include <servers/linux/fs/socket/unix_socket.hpp>

#include <base/list.hpp>

namespace personality {

class UnixDatagram final : public UnixSocket {
public:
    /// net.unix.max_dgram_qlen: one more may wait.
    static constexpr std::size_t most_waiting = 10;

    UnixDatagram(Location at, std::uint32_t open_flags, UnixDomain& domain)
        : UnixSocket(std::move(at), open_flags, Type::datagram, domain), packets_(domain) {}

    Outcome connect(Call& call, SocketAddress const& address) override;
    Outcome listen(Call&, std::uint32_t) override { return Errno::opnotsupp; }
    Outcome accept(Call&, std::uint32_t, Ref<Socket>&) override { return Errno::opnotsupp; }
    Outcome shut_down(unsigned ways) override;
    Outcome peer_name(SocketAddress& to) const override;
    Outcome send(Call& call, Outgoing& message) override;
    Outcome receive(Call& call, Incoming& message) override;
    std::uint32_t ready() override;
    Result<std::size_t> waiting_bytes() const override {
        return packets_.empty() ? 0 : const_cast<PacketQueue&>(packets_).front().size();
    }
    void each_bundle(FilesInFlight& flight, void (*visit)(FilesInFlight&, FileBundle&)) override;
    void drop_bundles() override { packets_.drop_bundles(); }

    /// For socketpair, and connect.
    void set_peer(UnixDatagram* peer);

protected:
    ~UnixDatagram() override;

private:
    PacketQueue packets_;
    UnixDatagram* peer_ = nullptr; ///< that it sends to; none though connected: that one has ended
    base::Link peer_link_;
    base::List<UnixDatagram, &UnixDatagram::peer_link_> friends_; ///< those connected to this one

    /// Whether there is no room for what `from` sends.
    bool full_for(UnixDatagram const& from) const;
    void room_was_made();
};

} // namespace personality

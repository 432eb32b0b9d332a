#pragma once
// Sockets of the UNIX domain that are connected in pairs, streams and sequenced packets: listening,
// connecting, accepting, and what each sees of the other's end.
//
//     listener --- connections that nobody has accepted, made by who connects
//     one <--peer--> other: what one sends lies in the other's queue

#include <servers/linux/fs/socket/unix_socket.hpp>

namespace personality {

class UnixConnection : public UnixSocket {
public:
    using UnixSocket::UnixSocket;
    /// net.core.somaxconn.
    static constexpr std::uint32_t most_backlog = 4096;

    Outcome connect(Call& call, SocketAddress const& address) override;
    Outcome listen(Call& call, std::uint32_t backlog) override;
    Outcome accept(Call& call, std::uint32_t flags, Ref<Socket>& accepted) override;
    Outcome shut_down(unsigned ways) override;
    Outcome peer_name(SocketAddress& to) const override;
    bool listening() const override { return listening_; }
    std::uint32_t ready() override;

    void each_bundle(FilesInFlight& flight, void (*visit)(FilesInFlight&, FileBundle&)) override;
    void drop_bundles() override;

    void join(UnixConnection& other);

protected:
    UnixConnection* peer_ = nullptr; ///< none, though it is connected: the other end has gone

    virtual bool has_data() const = 0;
    /// Whether the peer's queue has room that is worth a wake.
    virtual bool may_send() const = 0;
    virtual void each_own_bundle(FilesInFlight& flight,
                                 void (*visit)(FilesInFlight&, FileBundle&)) = 0;
    virtual void drop_own_bundles() = 0;

    /// For the destructors of those who have the queues: `unread`: something is lost with it.
    void part(bool unread);
    bool peer_hears() const { return peer_ != nullptr && (peer_->shut_ & shut_receive) == 0; }

private:
    bool listening_ = false;
    bool accepted_ = true; ///< not, as long as it waits at its listener
    std::uint32_t backlog_ = 0;
    // Those that wait to be accepted, oldest first; a reference is held to each.
    UnixConnection* first_waiting_ = nullptr;
    UnixConnection* last_waiting_ = nullptr;
    UnixConnection* next_waiting_ = nullptr;
    std::uint32_t waiting_ = 0;

    Ref<UnixConnection> take_waiting();
};

} // namespace personality

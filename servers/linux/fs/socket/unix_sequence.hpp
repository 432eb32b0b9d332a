#pragma once
// SOCK_SEQPACKET of the UNIX domain: a connection of whole messages.

#include <servers/linux/fs/socket/packet_queue.hpp>
#include <servers/linux/fs/socket/unix_connection.hpp>

namespace personality {

class UnixSequence final : public UnixConnection {
public:
    UnixSequence(Location at, std::uint32_t open_flags, UnixDomain& domain)
        : UnixConnection(std::move(at), open_flags, Type::sequence, domain), packets_(domain) {}

    Outcome send(Call& call, Outgoing& message) override;
    Outcome receive(Call& call, Incoming& message) override;
    Result<std::size_t> waiting_bytes() const override;

protected:
    ~UnixSequence() override { part(!packets_.empty()); }
    bool has_data() const override { return !packets_.empty(); }
    bool may_send() const override;
    void each_own_bundle(FilesInFlight& flight,
                         void (*visit)(FilesInFlight&, FileBundle&)) override;
    void drop_own_bundles() override { packets_.drop_bundles(); }

private:
    PacketQueue packets_;
};

} // namespace personality

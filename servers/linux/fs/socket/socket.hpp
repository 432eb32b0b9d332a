#pragma once
// A socket of any family: what the calls on sockets ask of it, and the options that mean the same
// everywhere. Each family derives its own.

#include <servers/linux/fs/file.hpp>
#include <servers/linux/fs/socket/message.hpp>
#include <servers/linux/fs/socket/socket_address.hpp>
#include <servers/linux/wait_queue.hpp>

#include <cstdint>
#include <utility>

namespace personality {

class Socket : public File {
public:
    enum class Type : std::uint8_t { stream = 1, datagram = 2, sequence = 5 };
    static constexpr unsigned shut_receive = 1, shut_send = 2;

    Socket(Location at, std::uint32_t open_flags, std::uint16_t of, Type kind_of)
        : File(std::move(at), open_flags), family(of), type(kind_of) {}

    FileKind kind() const override { return FileKind::socket; }
    std::uint16_t const family;
    Type const type;

    // The calls of these names. Each is run again as a handler is.
    virtual Outcome bind(Call& call, SocketAddress const& address) = 0;
    virtual Outcome connect(Call& call, SocketAddress const& address) = 0;
    virtual Outcome listen(Call& call, std::uint32_t backlog) = 0;
    virtual Outcome accept(Call& call, std::uint32_t flags, Ref<Socket>& accepted) = 0;
    virtual Outcome shut_down(unsigned ways) = 0;
    virtual Outcome name(SocketAddress& to) const = 0;
    virtual Outcome peer_name(SocketAddress& to) const = 0;
    /// call.progress[0] bytes of it were sent by earlier runs; `bytes` stands behind them.
    virtual Outcome send(Call& call, Outgoing& message) = 0;
    /// call.progress[0] bytes were received by earlier runs (MSG_WAITALL).
    virtual Outcome receive(Call& call, Incoming& message) = 0;
    virtual bool listening() const { return false; }
    virtual Credentials peer_credentials() const { return {0, ~0U, ~0U}; }

    Outcome read(Call& call, UserBuffer& to) override;
    Outcome write(Call& call, UserBuffer& from) override;
    WaitQueue* poll_queue() override { return &queue; }

    /// SO_*: what is only kept, and what the families look at.
    struct Options {
        /// Booleans by their number.
        std::uint64_t switches = 0;
        std::uint32_t send_bytes = default_bytes, receive_bytes = default_bytes;
        std::uint64_t send_timeout = never, receive_timeout = never; ///< ns
        std::uint32_t receive_least = 1;
        std::int32_t priority = 0, linger_seconds = 0;
        bool linger = false;
        bool has(unsigned number) const { return (switches >> number & 1) != 0; }
    };
    /// net.core.wmem_default, and twice wmem_max: what is asked for is doubled.
    static constexpr std::uint32_t default_bytes = 212'992, most_bytes = 2 * default_bytes,
                                   least_send_bytes = 4608, least_receive_bytes = 2304;
    Options options;
    bool passes_credentials() const { return options.has(16); } // SO_PASSCRED

    /// SO_ERROR: what went wrong and was not told yet.
    std::int32_t take_error() { return std::exchange(error_, 0); }

    WaitQueue queue; ///< woken with poll_event

protected:
    ~Socket() override = default;

    std::int32_t error_ = 0;
    unsigned shut_ = 0; ///< shut_receive, shut_send

    bool must_not_wait(std::uint32_t flags) const {
        return nonblocking() || (flags & message_flag::dont_wait) != 0;
    }
    /// Wait until `where` is woken; `done` is what was moved already, and what an end of the wait
    /// answers then. EAGAIN: after the timeout.
    static Outcome wait(Call& call, WaitQueue& where, std::uint32_t events, std::uint64_t timeout,
                        std::uint64_t done = 0);
    /// The other end is gone: EPIPE and SIGPIPE, or what was done.
    static Outcome broken(Call& call, std::uint32_t flags, std::uint64_t done);
};

} // namespace personality

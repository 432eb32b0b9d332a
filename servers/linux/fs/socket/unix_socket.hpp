#pragma once
// What sockets of the UNIX domain of every type have: a name, the other end's credentials, and
// their place among the files in flight.

#include <servers/linux/fs/socket/socket.hpp>
#include <servers/linux/fs/socket/unix_address.hpp>

namespace personality {

class FileBundle;
class FilesInFlight;
class Inode;
class UnixDomain;

class UnixSocket : public Socket {
public:
    UnixSocket(Location at, std::uint32_t open_flags, Type type, UnixDomain& domain);
    static void* operator new(std::size_t bytes, SmallMemory& memory) noexcept {
        return memory.allocate(bytes);
    }
    static void operator delete(void* socket) { SmallMemory::release(socket); }

    Outcome bind(Call& call, SocketAddress const& address) override;
    Outcome name(SocketAddress& to) const override;
    Outcome ioctl(Call& call, std::uint32_t command, std::uint64_t argument) override;
    Credentials peer_credentials() const override { return peer_credentials_; }
    void descriptor_closed() override;

    UnixAddress const* address() const { return address_.get(); }
    Inode const* node() const { return node_.get(); }
    bool connected() const { return connected_; }
    unsigned shut() const { return shut_; }

    /// The bytes that FIONREAD tells. EINVAL.
    virtual Result<std::size_t> waiting_bytes() const = 0;

    // For UnixNames and UnixDomain.
    UnixSocket* next_named = nullptr;
    UnixSocket* next = nullptr;
    UnixSocket* previous = nullptr;

    // For FilesInFlight.
    /// How many of the references to it lie in queues.
    std::uint64_t in_flight = 0;
    std::uint64_t held_by_unreached = 0;
    enum class Reach : std::uint8_t { none, candidate, reached } reach = Reach::none;
    UnixSocket* next_in_flight = nullptr;
    UnixSocket* previous_in_flight = nullptr;
    UnixSocket* next_marked = nullptr;
    /// All bundles in its queue, and in those of connections that nobody has accepted.
    virtual void each_bundle(FilesInFlight& flight, void (*visit)(FilesInFlight&, FileBundle&)) = 0;
    /// Its queue has lost its meaning: let its bundles go.
    virtual void drop_bundles() = 0;

protected:
    ~UnixSocket() override;

    UnixDomain& domain_;
    Ref<UnixAddress> address_;
    bool named_ = false; ///< the name is its own: an accepted socket has its listener's
    Ref<Inode> node_;    ///< that it is bound to, if the name is a path
    Ref<UnixAddress> peer_address_;
    Credentials peer_credentials_{0, ~0U, ~0U};
    bool connected_ = false;

    friend class UnixDomain;

    /// The socket that has this name, of the same type, if the caller may write to it.
    /// ECONNREFUSED, EACCES, EPROTOTYPE, and what a path's way gives.
    Result<Ref<UnixSocket>> find(Call& call, SocketAddress const& address);
    /// A name from the stock, for who must have one.
    Result<> bind_anywhere();
    /// Who gets to know who sends must be told from whom: a name is found for him.
    Result<> bind_if_told() {
        return passes_credentials() && !address_ ? bind_anywhere() : Result<>();
    }
    static Credentials credentials_of(Call& call, bool effective);
};

} // namespace personality

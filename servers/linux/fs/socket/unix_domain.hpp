#pragma once
// What all sockets of the UNIX domain in a container share: names, files on their way, and how much
// memory the sockets and what lies in their queues may take.

#include <servers/linux/fs/socket/files_in_flight.hpp>
#include <servers/linux/fs/socket/socket.hpp>
#include <servers/linux/fs/socket/unix_names.hpp>

namespace personality {

class FileSystem;

class UnixDomain {
public:
    explicit UnixDomain(FileSystem& of) : files(of) {}
    UnixDomain(UnixDomain const&) = delete;
    UnixDomain& operator=(UnixDomain const&) = delete;

    FileSystem& files;
    UnixNames names;
    FilesInFlight flight;
    UnixSocket* first = nullptr; ///< of all there are
    std::size_t sockets = 0;

    /// A socket without a name. ENFILE, ENOMEM.
    Result<Ref<UnixSocket>> make_socket(Socket::Type type, std::uint32_t open_flags);
    /// Two that are connected, made by who asks.
    void connect_pair(UnixSocket& one, UnixSocket& other, Credentials const& maker);

    /// Take or give back room for bytes in queues: all of them together have a quarter of the
    /// memory. False: there is none.
    bool take(std::size_t bytes) {
        if (bytes > most_bytes() - queued_) return false;
        queued_ += bytes;
        return true;
    }
    void give_back(std::size_t bytes) { queued_ -= bytes; }
    std::size_t queued() const { return queued_; }

private:
    std::size_t queued_ = 0;
    std::size_t most_bytes() const;
};

} // namespace personality

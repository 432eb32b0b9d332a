#pragma once
// The names that sockets of the UNIX domain are bound to: nodes of the file tree, found by their
// inode, and abstract names. And all such sockets there are, for /proc/net/unix.

#include <servers/linux/fs/socket/unix_address.hpp>

#include <array>
#include <cstddef>

namespace personality {

class Inode;
class UnixSocket;

class UnixNames {
public:
    UnixNames() = default;
    UnixNames(UnixNames const&) = delete;
    UnixNames& operator=(UnixNames const&) = delete;

    UnixSocket* find(Inode const& node) const;
    UnixSocket* find(std::string_view abstract_name) const;
    /// A socket that has its name, and its node, if that is a path.
    void add(UnixSocket& socket);
    void remove(UnixSocket& socket);
    /// An abstract name that nobody has: five hexadecimal digits. Empty: all are taken.
    std::string_view unused(std::array<char, 6>& memory);

private:
    static constexpr std::size_t bucket_count = 1024;
    std::array<UnixSocket*, bucket_count> buckets_{};
    std::uint32_t next_unused_ = 0;

    UnixSocket*& bucket_of(UnixSocket const& socket);
};

} // namespace personality

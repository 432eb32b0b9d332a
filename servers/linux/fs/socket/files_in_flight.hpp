#pragma once
// The open files that lie in queues of sockets, sent and not yet received. A socket may lie in its
// own queue, or two in each other's: then nobody can ever receive them, though both are referred
// to. They are found as Linux finds them: a socket all of whose references are in queues is alive
// only if one of those queues belongs to a socket that is.
//
// Files are let go in a loop, never one inside the other: a chain of sockets, each in the queue of
// the next, is as long as a program makes it.

#include <servers/linux/fs/socket/file_bundle.hpp>

#include <cstddef>

namespace personality {

class UnixSocket;

class FilesInFlight {
public:
    /// What may be on its way at once in a container, whoever sends.
    static constexpr std::size_t most = 16384;

    std::size_t count() const { return count_; }

    /// A bundle comes into a queue, or leaves it to be received.
    void launch(FileBundle& bundle);
    void land(FileBundle& bundle);
    /// A bundle that nobody will receive any more: it lands and its files are let go.
    void let_go(Ref<FileBundle> bundle);
    /// A socket was closed: let go what nobody can receive now. `closing` still has one reference
    /// too many.
    void collect(UnixSocket const* closing = nullptr);

private:
    std::size_t count_ = 0;
    UnixSocket* sockets_ = nullptr; ///< those that are in flight themselves
    UnixSocket* marked_ = nullptr;  ///< those that the search has still to see to
    FileBundle* doomed_ = nullptr;
    bool busy_ = false;
    bool again_ = false;

    void work();
    void find_unreachable(UnixSocket const* closing);
    void mark(UnixSocket& socket);
    UnixSocket& take_marked();
};

} // namespace personality

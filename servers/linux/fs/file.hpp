#pragma once
// An open file description: what open makes and descriptors stand for. It has a position, flags,
// and the methods behind read, write, poll and ioctl; each kind of file overrides what it can do.

#include <servers/linux/call.hpp>
#include <servers/linux/errno.hpp>
#include <servers/linux/fs/actor.hpp>
#include <servers/linux/fs/location.hpp>
#include <servers/linux/fs/open_flags.hpp>
#include <servers/linux/outcome.hpp>
#include <servers/linux/user_buffer.hpp>

#include <cstdint>
#include <memory>

namespace personality {

class AsyncNotice;
class EpollItem;
class PageSource;
class PidFile;
class WaitQueue;

/// Which files there are that calls of their own know; to be asked before a cast.
enum class FileKind : std::uint8_t { other, epoll, notify, pipe, signals, socket, timer };

/// What Inode::open is told.
struct OpenRequest {
    Location const& at;
    std::uint32_t flags; ///< open_flag, without those of the act of opening
    Actor const& actor;
    Task* task = nullptr; ///< who opens; none in the server's own name
};

class File : public Counted {
public:
    enum class Seek : std::uint32_t { set = 0, current = 1, end = 2, data = 3, hole = 4 };

    File(Location at, std::uint32_t open_flags);

    Location const location;
    std::uint32_t flags; ///< open_flag
    std::uint64_t position = 0;

    Inode& inode() const { return location.inode(); }
    virtual FileKind kind() const { return FileKind::other; }
    bool readable() const;
    bool writable() const;
    bool nonblocking() const { return (flags & open_flag::nonblock) != 0; }
    bool path_only() const { return (flags & open_flag::path) != 0; }

    /// Opening may have to wait for somebody (a FIFO's other end): run until it answers 0.
    virtual Outcome finish_open(Call&) { return 0; }

    /// Whether it has positions: then read_at and write_at do the work, otherwise read and write.
    virtual bool seekable() const { return false; }
    /// Whether read_at goes on where it is told to: what sendfile may read from.
    virtual bool positioned() const { return seekable(); }
    /// Move bytes; 0 from a read is the end. With `call` they may block.
    virtual Outcome read(Call& call, UserBuffer& to);
    virtual Outcome write(Call& call, UserBuffer& from);
    virtual Outcome read_at(Call& call, UserBuffer& to, std::uint64_t offset);
    virtual Outcome write_at(Call& call, UserBuffer& from, std::uint64_t offset);

    virtual Result<std::uint64_t> seek(std::int64_t offset, Seek whence);
    virtual Outcome ioctl(Call& call, std::uint32_t command, std::uint64_t argument);
    virtual Result<> sync() { return fail(Errno::inval); }
    virtual Result<> allocate(std::uint32_t mode, std::uint64_t offset, std::uint64_t bytes);
    /// Hand directory entries to `listing` from `position` on.
    virtual Result<> list(Listing& listing);

    /// What of poll_event is true now. Whoever waits for more registers on poll_queue, which is
    /// woken with the events that may have come true; no queue: what is ready now stays so.
    virtual std::uint32_t ready() { return poll_event::readable | poll_event::writable; }
    virtual WaitQueue* poll_queue() { return nullptr; }
    /// Who is told by a signal that it is ready (F_SETOWN, F_SETSIG): a process, a group (below
    /// zero) or a thread.
    struct SignalOwner {
        std::int32_t id = 0;
        std::uint32_t user = 0, effective_user = 0; ///< of who named it
        bool thread = false;
        std::uint8_t signal = 0; ///< 0: SIGIO
    };
    SignalOwner signal_owner;
    std::unique_ptr<AsyncNotice> async_notice; ///< while O_ASYNC is set
    /// Where it is watched by epoll; they leave when it ends.
    EpollItem* epoll_items = nullptr;

    /// What mmap maps: the file's pages. ENODEV: none.
    virtual Result<Ref<PageSource>> pages();

    /// Itself, if it stands for a process.
    virtual PidFile* named_process() { return nullptr; }

    /// A descriptor of `table` that stood for this was closed.
    virtual void descriptor_closed() {}

protected:
    ~File() override;
};

} // namespace personality

#pragma once
// SOCK_STREAM of the UNIX domain: a connection of bytes. What was sent with some of them, files or
// the sender's credentials, stands in marks beside the queue; bytes that have none cost none.
//
//     queue   |........|aaaaaaaaaa|.....|bbbb|....
//     marks            [a: files ]      [b: credentials]

#include <servers/linux/fs/pages/page_ring.hpp>
#include <servers/linux/fs/socket/unix_connection.hpp>

#include <base/list.hpp>

namespace personality {

class UnixStream final : public UnixConnection {
public:
    UnixStream(Location at, std::uint32_t open_flags, UnixDomain& domain);

    Outcome send(Call& call, Outgoing& message) override;
    Outcome receive(Call& call, Incoming& message) override;
    Result<std::size_t> waiting_bytes() const override;

protected:
    ~UnixStream() override;
    bool has_data() const override { return !bytes_.empty(); }
    bool may_send() const override { return !crowded(static_cast<UnixStream&>(*peer_)); }
    void each_own_bundle(FilesInFlight& flight,
                         void (*visit)(FilesInFlight&, FileBundle&)) override;
    void drop_own_bundles() override;

private:
    struct Mark {
        std::uint64_t start = 0, end = 0; ///< counted from the first byte ever sent
        Ref<FileBundle> files;
        Credentials sender;
        base::Link link;
        static void* operator new(std::size_t bytes, SmallMemory& memory) noexcept {
            return memory.allocate(bytes);
        }
        static void operator delete(void* mark) { SmallMemory::release(mark); }
    };
    /// Bytes of the queue that came in the same way.
    struct Stretch {
        Mark* mark;
        std::uint64_t end;
    };

    PageRing bytes_;
    std::uint64_t taken_ = 0; ///< bytes that were received
    base::List<Mark, &Mark::link> marks_;

    std::uint64_t end() const { return taken_ + bytes_.size(); }
    /// More than a quarter of what it may send lies there: no reason to wake a sender.
    bool crowded(UnixStream const& other) const {
        return other.bytes_.size() * 4 > options.send_bytes;
    }
    Result<std::size_t> push(UserBuffer& from, std::size_t most);
    Result<> widen(std::size_t wanted);
    Stretch stretch_at(std::uint64_t position);
    void drop(Mark& mark);
    /// Move what there is of the message; ends where files or another sender's bytes come.
    Result<bool> take(Incoming& message);
    void pop(std::size_t bytes);
};

} // namespace personality

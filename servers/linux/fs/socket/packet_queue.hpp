#pragma once
// Messages that wait to be received, each whole: of datagram and sequenced-packet sockets.

#include <servers/linux/fs/pages/page_ring.hpp>
#include <servers/linux/fs/socket/message.hpp>
#include <servers/linux/fs/socket/unix_address.hpp>

#include <base/list.hpp>

namespace personality {

class UnixDomain;

/// One of them. Few bytes lie right behind it, many in pages.
class Packet {
public:
    static constexpr std::size_t few = 2048;

    /// Copy the message in: EFAULT, ENOMEM, ENOBUFS.
    static Result<Packet*> create(UnixDomain& domain, Outgoing& message, std::size_t bytes);
    static void operator delete(void* packet) { SmallMemory::release(packet); }
    ~Packet();

    std::size_t size() const { return size_; }
    /// What it counts in a queue: its bytes and what it takes beside them, as Linux counts.
    std::size_t charge() const { return size_ + overhead; }
    Result<> copy_out(UserBuffer& to) const;

    Ref<FileBundle> files;
    Credentials sender;
    Ref<UnixAddress> from;
    base::Link link;

private:
    static constexpr std::size_t overhead = 768;

    Packet(UnixDomain& domain, std::size_t bytes);
    static void* operator new(std::size_t, void* place) noexcept { return place; }
    std::byte* small() { return reinterpret_cast<std::byte*>(this + 1); }
    std::byte const* small() const { return reinterpret_cast<std::byte const*>(this + 1); }
    static std::size_t memory_for(std::size_t bytes);

    UnixDomain& domain_;
    std::size_t const size_;
    PageRing pages_;
};

class PacketQueue {
public:
    explicit PacketQueue(UnixDomain& domain) : domain_(domain) {}
    PacketQueue(PacketQueue const&) = delete;
    PacketQueue& operator=(PacketQueue const&) = delete;
    ~PacketQueue() { clear(); }

    bool empty() const { return packets_.empty(); }
    std::size_t count() const { return count_; }
    std::size_t bytes() const { return bytes_; }
    std::size_t charge() const { return charge_; }
    Packet& front() { return packets_.front(); }
    void push(Packet& packet);
    /// The first one is gone; its bundle, if it still has one, is let go.
    void pop();
    void clear();

    /// Put the first message into `message`, and take it away unless it is only looked at. Returns
    /// how many bytes were there for it, or all the message has, if MSG_TRUNC asks for that.
    Outcome receive(Incoming& message);

    template <class Use> void each_bundle(Use&& use) {
        for (auto& packet : packets_)
            if (packet.files) use(*packet.files);
    }
    void drop_bundles();

private:
    UnixDomain& domain_;
    base::List<Packet, &Packet::link> packets_;
    std::size_t count_ = 0, bytes_ = 0, charge_ = 0;
};

} // namespace personality

#include <servers/linux/fs/socket/unix_datagram.hpp>

#include <servers/linux/fs/socket/unix_domain.hpp>

namespace personality {

UnixDatagram::~UnixDatagram() {
    set_peer(nullptr);
    while (!friends_.empty()) {
        auto& other = friends_.pop_front();
        other.peer_ = nullptr; // it stays connected, to nobody: its next send tells
        other.queue.wake_all();
    }
}

void UnixDatagram::set_peer(UnixDatagram* peer) {
    if (peer_ != nullptr) base::List<UnixDatagram, &UnixDatagram::peer_link_>::remove(*this);
    peer_ = peer;
    connected_ = peer != nullptr;
    if (peer != nullptr) peer->friends_.push_back(*this);
}

Outcome UnixDatagram::connect(Call& call, SocketAddress const& address) {
    if (address.family() == address_family::unspecified && address.length >= 2) {
        set_peer(nullptr);
        packets_.clear();
        return 0;
    }
    auto const found = TRY(find(call, address));
    TRY(bind_if_told());
    auto& other = static_cast<UnixDatagram&>(*found);
    if (other.peer_ != nullptr && other.peer_ != this) return Errno::perm;
    if (connected_ && peer_ != &other) packets_.clear();
    set_peer(&other);
    queue.wake_all(poll_event::writable);
    return 0;
}

Outcome UnixDatagram::shut_down(unsigned ways) {
    shut_ |= ways;
    queue.wake_all();
    return 0;
}

Outcome UnixDatagram::peer_name(SocketAddress& to) const {
    if (!connected_) return Errno::notconn;
    UnixAddress::put(peer_ != nullptr ? peer_->address() : nullptr, to);
    return 0;
}

bool UnixDatagram::full_for(UnixDatagram const& from) const {
    // Two who only talk to each other have all their memory for it.
    bool const mutual = peer_ == &from;
    if (!mutual && packets_.count() > most_waiting) return true;
    return packets_.charge() >= from.options.send_bytes;
}

Outcome UnixDatagram::send(Call& call, Outgoing& message) {
    constexpr std::size_t reserved = 32;
    if ((message.flags & message_flag::out_of_band) != 0) return Errno::opnotsupp;
    Ref<UnixSocket> target(peer_);
    if (message.to != nullptr) {
        target = TRY(find(call, *message.to));
    } else if (!connected_) {
        return Errno::notconn;
    }
    TRY(bind_if_told());
    auto const bytes = message.bytes.remaining();
    if (bytes > options.send_bytes - reserved) return Errno::msgsize;
    if (error_ != 0) return static_cast<Errno>(take_error());
    if ((shut_ & shut_send) != 0) return Errno::pipe;
    if (!target) { // whom it was connected to has ended
        connected_ = false;
        return Errno::connrefused;
    }
    auto& other = static_cast<UnixDatagram&>(*target);
    if (other.peer_ != nullptr && other.peer_ != this) return Errno::perm;
    if ((other.shut() & shut_receive) != 0) return Errno::pipe;
    if (other.full_for(*this)) {
        if (must_not_wait(message.flags)) return Errno::again;
        return wait(call, other.queue, poll_event::writable, options.send_timeout);
    }
    if (!message.credentials_given) message.from = credentials_of(call, false);
    auto* const packet = TRY(Packet::create(domain_, message, bytes));
    packet->from = address_;
    other.packets_.push(*packet);
    other.queue.wake_all(poll_event::readable);
    return bytes;
}

/// Who waits to send to it, and who polls for that.
void UnixDatagram::room_was_made() {
    queue.wake_all(poll_event::writable);
    for (auto& other : friends_)
        if (&other != this) other.queue.wake_all(poll_event::writable);
}

Outcome UnixDatagram::receive(Call& call, Incoming& message) {
    if ((message.flags & message_flag::out_of_band) != 0) return Errno::opnotsupp;
    if (packets_.empty()) {
        if (error_ != 0) return static_cast<Errno>(take_error());
        if (must_not_wait(message.flags)) return Errno::again;
        if ((shut_ & shut_receive) != 0) return 0;
        return wait(call, queue, poll_event::readable | poll_event::read_hang_up,
                    options.receive_timeout);
    }
    auto const received = packets_.receive(message);
    room_was_made();
    return received;
}

std::uint32_t UnixDatagram::ready() {
    std::uint32_t events = 0;
    if (error_ != 0) events |= poll_event::error;
    if (shut_ == (shut_receive | shut_send)) events |= poll_event::hang_up;
    if ((shut_ & shut_receive) != 0) events |= poll_event::read_hang_up | poll_event::readable;
    if (!packets_.empty()) events |= poll_event::readable;
    if (peer_ == nullptr || !peer_->full_for(*this))
        events |= poll_event::writable | poll_event::write_band;
    return events;
}

void UnixDatagram::each_bundle(FilesInFlight& flight, void (*visit)(FilesInFlight&, FileBundle&)) {
    packets_.each_bundle([&](FileBundle& bundle) { visit(flight, bundle); });
}

} // namespace personality

#include <servers/linux/fs/socket/unix_sequence.hpp>

#include <servers/linux/fs/socket/unix_domain.hpp>

namespace personality {

bool UnixSequence::may_send() const {
    return static_cast<UnixSequence&>(*peer_).packets_.charge() * 4 <= options.send_bytes;
}

Outcome UnixSequence::send(Call& call, Outgoing& message) {
    constexpr std::size_t reserved = 32;
    if ((message.flags & message_flag::out_of_band) != 0) return Errno::opnotsupp;
    if (!connected_) return Errno::notconn;
    auto const bytes = message.bytes.remaining();
    if (bytes > options.send_bytes - reserved) return Errno::msgsize;
    if (error_ != 0) return static_cast<Errno>(take_error());
    // Linux sends no signal here.
    if ((shut_ & shut_send) != 0 || !peer_hears()) return Errno::pipe;
    auto& other = static_cast<UnixSequence&>(*peer_);
    if (other.packets_.charge() >= options.send_bytes) {
        if (must_not_wait(message.flags)) return Errno::again;
        return wait(call, queue, poll_event::writable | poll_event::hang_up, options.send_timeout);
    }
    if (!message.credentials_given) message.from = credentials_of(call, false);
    auto* const packet = TRY(Packet::create(domain_, message, bytes));
    packet->from = address_;
    other.packets_.push(*packet);
    other.queue.wake_all(poll_event::readable);
    return bytes;
}

Outcome UnixSequence::receive(Call& call, Incoming& message) {
    if ((message.flags & message_flag::out_of_band) != 0) return Errno::opnotsupp;
    if (!connected_) return Errno::notconn;
    if (packets_.empty()) {
        if (error_ != 0) return static_cast<Errno>(take_error());
        if ((shut_ & shut_receive) != 0) return 0;
        if (must_not_wait(message.flags)) return Errno::again;
        return wait(call, queue, poll_event::readable | poll_event::read_hang_up,
                    options.receive_timeout);
    }
    auto const received = packets_.receive(message);
    if (peer_ != nullptr && peer_->ready() & poll_event::out)
        peer_->queue.wake_all(poll_event::writable);
    return received;
}

Result<std::size_t> UnixSequence::waiting_bytes() const {
    if (listening()) return fail(Errno::inval);
    return packets_.bytes();
}

void UnixSequence::each_own_bundle(FilesInFlight& flight,
                                   void (*visit)(FilesInFlight&, FileBundle&)) {
    packets_.each_bundle([&](FileBundle& bundle) { visit(flight, bundle); });
}

} // namespace personality

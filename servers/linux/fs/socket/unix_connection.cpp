#include <servers/linux/fs/socket/unix_connection.hpp>

#include <servers/linux/fs/socket/unix_domain.hpp>

#include <algorithm>

namespace personality {

void UnixConnection::join(UnixConnection& other) {
    peer_ = &other;
    other.peer_ = this;
    connected_ = other.connected_ = true;
    peer_address_ = other.address_;
    other.peer_address_ = address_;
}

void UnixConnection::part(bool unread) {
    while (first_waiting_ != nullptr) take_waiting();
    if (peer_ == nullptr) return;
    auto& other = *std::exchange(peer_, nullptr);
    other.peer_ = nullptr;
    other.shut_ = shut_receive | shut_send;
    if (unread || !accepted_) other.error_ = static_cast<std::int32_t>(Errno::connreset);
    other.queue.wake_all();
}

Ref<UnixConnection> UnixConnection::take_waiting() {
    Ref first(first_waiting_);
    first_waiting_ = std::exchange(first->next_waiting_, nullptr);
    if (first_waiting_ == nullptr) last_waiting_ = nullptr;
    waiting_--;
    first->release(); // what the queue held
    return first;
}

Outcome UnixConnection::connect(Call& call, SocketAddress const& address) {
    auto const found = TRY(find(call, address));
    TRY(bind_if_told());
    auto& listener = static_cast<UnixConnection&>(*found);
    if (!listener.listening_ || (listener.shut_ & shut_receive) != 0) return Errno::connrefused;
    if (connected_) return Errno::isconn;
    if (listening_) return Errno::inval;
    if (listener.waiting_ > listener.backlog_) {
        if (must_not_wait(0)) return Errno::again;
        return wait(call, listener.queue, poll_event::writable, options.send_timeout);
    }
    auto const made = TRY(domain_.make_socket(type, open_flag::read_write));
    auto& other = static_cast<UnixConnection&>(*made);
    other.address_ = listener.address_;
    other.accepted_ = false;
    other.options = listener.options;
    join(other);
    other.peer_credentials_ = credentials_of(call, true);
    peer_credentials_ = listener.peer_credentials_;
    made->retain();
    (listener.last_waiting_ != nullptr ? listener.last_waiting_->next_waiting_
                                       : listener.first_waiting_) = &other;
    listener.last_waiting_ = &other;
    listener.waiting_++;
    listener.queue.wake_all(poll_event::readable);
    queue.wake_all(poll_event::writable);
    return 0;
}

Outcome UnixConnection::listen(Call& call, std::uint32_t backlog) {
    if (!address_ || connected_) return Errno::inval;
    auto const old = std::exchange(backlog_, std::min(backlog, most_backlog));
    listening_ = true;
    // Those who connect see who it was that listened.
    peer_credentials_ = credentials_of(call, true);
    if (backlog_ > old) queue.wake_all(poll_event::writable);
    return 0;
}

Outcome UnixConnection::accept(Call& call, std::uint32_t flags, Ref<Socket>& accepted) {
    if (!listening_) return Errno::inval;
    if (first_waiting_ == nullptr) {
        if ((shut_ & shut_receive) != 0) return Errno::inval;
        if (must_not_wait(0)) return Errno::again;
        return wait(call, queue, poll_event::readable | poll_event::read_hang_up,
                    options.receive_timeout);
    }
    auto const first = take_waiting();
    first->accepted_ = true;
    first->flags |= flags;
    accepted = first;
    queue.wake_all(poll_event::writable);
    return 0;
}

Outcome UnixConnection::shut_down(unsigned ways) {
    shut_ |= ways;
    queue.wake_all();
    if (peer_ == nullptr) return 0;
    if ((ways & shut_receive) != 0) peer_->shut_ |= shut_send;
    if ((ways & shut_send) != 0) peer_->shut_ |= shut_receive;
    peer_->queue.wake_all();
    return 0;
}

Outcome UnixConnection::peer_name(SocketAddress& to) const {
    if (!connected_) return Errno::notconn;
    // A name that it was given after it had connected counts too.
    UnixAddress::put(peer_ != nullptr ? peer_->address() : peer_address_.get(), to);
    return 0;
}

std::uint32_t UnixConnection::ready() {
    std::uint32_t events = 0;
    if (error_ != 0) events |= poll_event::error;
    if (shut_ == (shut_receive | shut_send)) events |= poll_event::hang_up;
    if ((shut_ & shut_receive) != 0) events |= poll_event::read_hang_up | poll_event::readable;
    if (listening_) return first_waiting_ != nullptr ? events | poll_event::readable : events;
    if (!connected_)
        return events | poll_event::hang_up | poll_event::writable | poll_event::write_band;
    if (has_data()) events |= poll_event::readable;
    if (peer_ == nullptr || may_send()) events |= poll_event::writable | poll_event::write_band;
    return events;
}

void UnixConnection::each_bundle(FilesInFlight& flight,
                                 void (*visit)(FilesInFlight&, FileBundle&)) {
    each_own_bundle(flight, visit);
    for (auto* each = first_waiting_; each != nullptr; each = each->next_waiting_)
        each->each_own_bundle(flight, visit);
}

void UnixConnection::drop_bundles() {
    drop_own_bundles();
    for (auto* each = first_waiting_; each != nullptr; each = each->next_waiting_)
        each->drop_own_bundles();
}

} // namespace personality

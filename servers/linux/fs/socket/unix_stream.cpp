#include <servers/linux/fs/socket/unix_stream.hpp>

#include <servers/linux/fs/file_system.hpp>
#include <servers/linux/fs/socket/unix_domain.hpp>

#include <algorithm>

namespace personality {

UnixStream::UnixStream(Location at, std::uint32_t open_flags, UnixDomain& domain)
    : UnixConnection(std::move(at), open_flags, Type::stream, domain),
      bytes_(domain.files.environment.frames) {}

UnixStream::~UnixStream() {
    part(!bytes_.empty());
    while (!marks_.empty()) drop(marks_.front());
    domain_.give_back(bytes_.size());
}

void UnixStream::drop(Mark& mark) {
    base::List<Mark, &Mark::link>::remove(mark);
    auto files = std::move(mark.files);
    delete &mark;
    if (files) domain_.flight.let_go(std::move(files));
}

Result<> UnixStream::widen(std::size_t wanted) {
    if (bytes_.free() >= wanted || bytes_.capacity() >= most_bytes) return {};
    auto const pages = (bytes_.size() + wanted + page_bytes - 1) / page_bytes;
    return bytes_.resize(std::max(pages, PageRing::few_pages));
}

/// Into this queue. What the program's memory ends in the middle of is sent as far as it goes.
Result<std::size_t> UnixStream::push(UserBuffer& from, std::size_t most) {
    std::size_t done = 0;
    while (done < most) {
        auto const room = bytes_.room(most - done);
        if (!room && done == 0) return fail(room.error());
        if (!room || room->empty()) break;
        auto const moved = from.copy_in(*room);
        if (!moved && done == 0) return moved;
        if (!moved || *moved == 0) break;
        bytes_.push(*moved);
        done += *moved;
    }
    return done;
}

Outcome UnixStream::send(Call& call, Outgoing& message) {
    if ((message.flags & message_flag::out_of_band) != 0) return Errno::opnotsupp;
    if (message.to != nullptr) return connected_ ? Errno::isconn : Errno::opnotsupp;
    if (!connected_) return Errno::notconn;
    // progress[0]: what earlier runs of this call have sent.
    auto& done = call.progress[0];
    if ((shut_ & shut_send) != 0 || !peer_hears()) return broken(call, message.flags, done);
    auto& other = static_cast<UnixStream&>(*peer_);
    auto const total = message.bytes.remaining();
    if (total == 0) return done;
    auto const used = other.bytes_.size();
    if (used < options.send_bytes && (done == 0 || !crowded(other))) {
        if (error_ != 0 && done == 0) return static_cast<Errno>(take_error());
        auto const most = std::min(total, options.send_bytes - used);
        bool const tells = passes_credentials() || other.passes_credentials();
        Mark* mark = nullptr;
        if ((message.files || message.credentials_given || tells) && done == 0) {
            mark = new (domain_.files.memory) Mark;
            if (mark == nullptr) return Errno::nobufs;
        }
        if (!domain_.take(most)) {
            delete mark;
            return done != 0 ? Outcome(done) : Errno::nobufs;
        }
        auto const wide = other.widen(most);
        auto const start = other.end();
        auto const moved =
            wide ? other.push(message.bytes, most) : Result<std::size_t>(fail(wide.error()));
        domain_.give_back(most - moved.value_or(0));
        if (!moved || *moved == 0) {
            delete mark;
            if (done != 0) return done;
            return moved ? Errno::fault : moved.error();
        }
        if (mark != nullptr) {
            mark->start = start;
            mark->end = other.end();
            mark->sender = message.credentials_given ? message.from : credentials_of(call, false);
            if (message.files) domain_.flight.launch(*message.files);
            mark->files = std::move(message.files);
            other.marks_.push_back(*mark);
        }
        done += *moved;
        other.queue.wake_all(poll_event::readable);
        // All of it, or as far as the program's memory goes.
        if (*moved == total || *moved < most) return done;
    }
    if (must_not_wait(message.flags)) return done != 0 ? Outcome(done) : Errno::again;
    return wait(call, queue, poll_event::writable | poll_event::hang_up, options.send_timeout,
                done);
}

UnixStream::Stretch UnixStream::stretch_at(std::uint64_t position) {
    for (auto& mark : marks_) {
        if (position < mark.start) return {nullptr, mark.start};
        if (position < mark.end) return {&mark, mark.end};
    }
    return {nullptr, end()};
}

void UnixStream::pop(std::size_t bytes) {
    bytes_.pop(bytes);
    taken_ += bytes;
    domain_.give_back(bytes);
    while (!marks_.empty() && marks_.front().end <= taken_) drop(marks_.front());
}

Result<bool> UnixStream::take(Incoming& message) {
    bool const peek = (message.flags & message_flag::peek) != 0;
    bool const tells = passes_credentials();
    bool known = false;
    std::size_t offset = 0;
    while (offset < bytes_.size()) {
        auto const piece = bytes_.view(offset);
        auto bytes = std::min(piece.size(), message.bytes.remaining());
        Mark* mark = nullptr;
        if (!marks_.empty()) {
            auto const stretch = stretch_at(taken_ + offset);
            mark = stretch.mark;
            bytes = std::min(bytes, stretch.end - taken_ - offset);
        }
        auto const sender = mark != nullptr ? mark->sender : Credentials{};
        if (tells && known && sender != message.sender) return true;
        message.sender = sender;
        known = true;
        auto const moved = TRY(message.bytes.copy_out(piece.first(bytes)));
        bool const files = mark != nullptr && mark->files;
        // The files come with the first byte; the bytes that came with them end what is received.
        if (files && !message.files) {
            message.files = mark->files;
            if (!peek) {
                domain_.flight.land(*mark->files);
                mark->files = {};
            }
        }
        bool const last = message.files && mark != nullptr && taken_ + offset + moved == mark->end;
        if (peek)
            offset += moved;
        else
            pop(moved);
        if (last || moved < bytes) return true;
        if (message.bytes.remaining() == 0) break;
    }
    return false;
}

Outcome UnixStream::receive(Call& call, Incoming& message) {
    if ((message.flags & message_flag::out_of_band) != 0) return Errno::opnotsupp;
    if (!connected_) return Errno::inval;
    auto& done = call.progress[0];
    while (message.bytes.moved() < done) {
        auto const piece = TRY(message.bytes.next_writable(done - message.bytes.moved()));
        if (piece.empty()) return done;
        message.bytes.advance(piece.size());
    }
    if (message.from != nullptr) {
        UnixAddress::put(peer_ != nullptr ? peer_->address() : peer_address_.get(), *message.from);
        if (message.from->length == sizeof(std::uint16_t)) message.from->length = 0;
    }
    auto const wanted = done + message.bytes.remaining();
    bool const all = (message.flags & message_flag::wait_all) != 0;
    auto const least = std::max<std::uint64_t>(
        1, all ? wanted : std::min<std::uint64_t>(options.receive_least, wanted));
    if (!bytes_.empty()) {
        auto const ended = take(message);
        if (!ended && done == 0) return ended.error();
        done = message.bytes.moved();
        if (peer_ != nullptr && !static_cast<UnixStream&>(*peer_).crowded(*this))
            peer_->queue.wake_all(poll_event::writable);
        bool const peek = (message.flags & message_flag::peek) != 0;
        if (!ended || *ended || done >= least || wanted == 0 || peek) return done;
    }
    if (done == 0 && error_ != 0) return static_cast<Errno>(take_error());
    if ((shut_ & shut_receive) != 0) return done;
    if (must_not_wait(message.flags)) return done != 0 ? Outcome(done) : Errno::again;
    return wait(call, queue, poll_event::readable | poll_event::read_hang_up,
                options.receive_timeout, done);
}

Result<std::size_t> UnixStream::waiting_bytes() const {
    if (listening()) return fail(Errno::inval);
    return bytes_.size();
}

void UnixStream::each_own_bundle(FilesInFlight& flight,
                                 void (*visit)(FilesInFlight&, FileBundle&)) {
    for (auto& mark : marks_)
        if (mark.files) visit(flight, *mark.files);
}

void UnixStream::drop_own_bundles() {
    for (auto& mark : marks_)
        if (mark.files) domain_.flight.let_go(std::move(mark.files));
}

} // namespace personality

#include <servers/linux/fs/socket/files_in_flight.hpp>

#include <servers/linux/fs/socket/unix_socket.hpp>

namespace personality {

namespace {

UnixSocket* as_unix(File& file) {
    if (file.kind() != FileKind::socket) return nullptr;
    auto& socket = static_cast<Socket&>(file);
    return socket.family == address_family::unix_domain ? static_cast<UnixSocket*>(&socket)
                                                        : nullptr;
}

} // namespace

void FilesInFlight::launch(FileBundle& bundle) {
    for (auto const& file : bundle.files()) {
        count_++;
        auto* const socket = as_unix(*file);
        if (socket == nullptr || socket->in_flight++ != 0) continue;
        socket->next_in_flight = std::exchange(sockets_, socket);
        if (socket->next_in_flight != nullptr) socket->next_in_flight->previous_in_flight = socket;
    }
}

void FilesInFlight::land(FileBundle& bundle) {
    for (auto const& file : bundle.files()) {
        count_--;
        auto* const socket = as_unix(*file);
        if (socket == nullptr || --socket->in_flight != 0) continue;
        auto* const after = std::exchange(socket->next_in_flight, nullptr);
        auto* const before = std::exchange(socket->previous_in_flight, nullptr);
        (before != nullptr ? before->next_in_flight : sockets_) = after;
        if (after != nullptr) after->previous_in_flight = before;
    }
}

void FilesInFlight::let_go(Ref<FileBundle> bundle) {
    land(*bundle);
    // Somebody who peeked may have it too.
    if (bundle->references() > 1) return;
    bundle->retain();
    bundle->next = std::exchange(doomed_, bundle.get());
    bundle = {};
    work();
}

void FilesInFlight::collect(UnixSocket const* closing) {
    if (sockets_ == nullptr) return;
    if (busy_) {
        again_ = true;
        return;
    }
    find_unreachable(closing);
    work();
}

/// Letting a file go may end a socket, which lets go what is in its queue: all that comes here.
void FilesInFlight::work() {
    if (busy_) return;
    busy_ = true;
    for (;;) {
        while (doomed_ != nullptr) {
            auto* const bundle = std::exchange(doomed_, doomed_->next);
            bundle->release();
        }
        if (!std::exchange(again_, false) || sockets_ == nullptr) break;
        find_unreachable(nullptr);
    }
    busy_ = false;
}

void FilesInFlight::find_unreachable(UnixSocket const* closing) {
    using Reach = UnixSocket::Reach;
    // Those that only queues refer to ...
    for (auto* each = sockets_; each != nullptr; each = each->next_in_flight) {
        auto const others = each->references() - each->in_flight - (each == closing ? 1 : 0);
        each->reach = others == 0 ? Reach::candidate : Reach::none;
        each->held_by_unreached = 0;
    }
    // ... and of these references, how many lie in queues of their like.
    auto const each_candidate = [&](auto&& use) {
        for (auto* each = sockets_; each != nullptr; each = each->next_in_flight)
            if (each->reach == Reach::candidate) use(*each);
    };
    each_candidate([&](UnixSocket& candidate) {
        candidate.each_bundle(*this, [](FilesInFlight&, FileBundle& bundle) {
            for (auto const& file : bundle.files())
                if (auto* const socket = as_unix(*file)) socket->held_by_unreached++;
        });
    });
    // A queue of somebody else keeps it alive, and with it what its own queue refers to.
    each_candidate([&](UnixSocket& candidate) {
        if (candidate.held_by_unreached == candidate.in_flight) return;
        candidate.reach = Reach::reached;
        mark(candidate);
    });
    while (marked_ != nullptr) {
        take_marked().each_bundle(*this, [](FilesInFlight& flight, FileBundle& bundle) {
            for (auto const& file : bundle.files()) {
                auto* const other = as_unix(*file);
                if (other == nullptr || other->reach != Reach::candidate) continue;
                other->reach = Reach::reached;
                flight.mark(*other);
            }
        });
    }
    // The rest is lost. While their queues are emptied they hang together by the marks: they fall
    // out of the list one by one, and end when the bundles that hold them are let go.
    each_candidate([&](UnixSocket& candidate) {
        candidate.reach = Reach::none;
        mark(candidate);
    });
    bool const was_busy = std::exchange(busy_, true);
    while (marked_ != nullptr) take_marked().drop_bundles();
    busy_ = was_busy;
}

void FilesInFlight::mark(UnixSocket& socket) {
    socket.next_marked = std::exchange(marked_, &socket);
}

UnixSocket& FilesInFlight::take_marked() { return *std::exchange(marked_, marked_->next_marked); }

} // namespace personality

#include <servers/linux/fs/socket/packet_queue.hpp>

#include <servers/linux/fs/file_system.hpp>
#include <servers/linux/fs/socket/unix_domain.hpp>

#include <algorithm>

namespace personality {

Packet::Packet(UnixDomain& domain, std::size_t bytes)
    : domain_(domain), size_(bytes), pages_(domain.files.environment.frames) {}

Packet::~Packet() { domain_.give_back(memory_for(size_)); }

std::size_t Packet::memory_for(std::size_t bytes) {
    auto const pages = bytes > few ? (bytes + page_bytes - 1) / page_bytes * page_bytes : bytes;
    return sizeof(Packet) + pages;
}

Result<Packet*> Packet::create(UnixDomain& domain, Outgoing& message, std::size_t bytes) {
    bool const small = bytes <= few;
    if (!domain.take(memory_for(bytes))) return fail(Errno::nobufs);
    void* const place = domain.files.memory.allocate(sizeof(Packet) + (small ? bytes : 0));
    if (place == nullptr) {
        domain.give_back(memory_for(bytes));
        return fail(Errno::nobufs);
    }
    auto* const packet = new (place) Packet(domain, bytes);
    auto const fill = [&]() -> Result<> {
        if (small) {
            auto const moved = TRY(message.bytes.copy_in({packet->small(), bytes}));
            if (moved != bytes) return fail(Errno::fault);
            return {};
        }
        TRY(packet->pages_.resize(
            std::max(PageRing::few_pages, (bytes + page_bytes - 1) / page_bytes)));
        while (packet->pages_.size() < bytes) {
            auto const room = TRY(packet->pages_.room(bytes - packet->pages_.size()));
            auto const moved = TRY(message.bytes.copy_in(room));
            if (moved == 0) return fail(Errno::fault);
            packet->pages_.push(moved);
        }
        return {};
    };
    if (auto const filled = fill(); !filled) {
        delete packet;
        return fail(filled.error());
    }
    packet->files = std::move(message.files);
    packet->sender = message.from;
    if (packet->files) domain.flight.launch(*packet->files);
    return packet;
}

Result<> Packet::copy_out(UserBuffer& to) const {
    auto left = std::min(size_, to.remaining());
    if (size_ <= few) {
        if (TRY(to.copy_out({small(), left})) != left) return fail(Errno::fault);
        return {};
    }
    for (std::size_t at = 0; left != 0;) {
        auto const piece = pages_.view(at);
        auto const bytes = piece.first(std::min(piece.size(), left));
        if (TRY(to.copy_out(bytes)) != bytes.size()) return fail(Errno::fault);
        at += bytes.size();
        left -= bytes.size();
    }
    return {};
}

void PacketQueue::push(Packet& packet) {
    packets_.push_back(packet);
    count_++;
    bytes_ += packet.size();
    charge_ += packet.charge();
}

void PacketQueue::pop() {
    auto& packet = packets_.pop_front();
    count_--;
    bytes_ -= packet.size();
    charge_ -= packet.charge();
    auto files = std::move(packet.files);
    delete &packet;
    if (files) domain_.flight.let_go(std::move(files));
}

void PacketQueue::clear() {
    while (!packets_.empty()) pop();
}

void PacketQueue::drop_bundles() {
    for (auto& packet : packets_)
        if (packet.files) domain_.flight.let_go(std::move(packet.files));
}

Outcome PacketQueue::receive(Incoming& message) {
    auto& packet = front();
    bool const peek = (message.flags & message_flag::peek) != 0;
    bool const cut = packet.size() > message.bytes.remaining();
    auto const bytes = std::min(packet.size(), message.bytes.remaining());
    auto const copied = packet.copy_out(message.bytes);
    // A message that couldn't be stored is lost, as it is in Linux.
    if (copied) {
        if (cut) message.told |= message_flag::truncated;
        message.sender = packet.sender;
        if (message.from != nullptr) {
            UnixAddress::put(packet.from.get(), *message.from);
            if (!packet.from) message.from->length = 0;
        }
        message.files = packet.files;
        if (!peek && packet.files) {
            domain_.flight.land(*packet.files);
            packet.files = {};
        }
    }
    bool const all = (message.flags & message_flag::truncated) != 0;
    auto const told = all ? packet.size() : bytes;
    if (!peek) pop();
    return copied ? Outcome(told) : copied.error();
}

} // namespace personality

#include <servers/linux/fs/socket/unix_names.hpp>

#include <servers/linux/fs/inode.hpp>
#include <servers/linux/fs/socket/unix_socket.hpp>

namespace personality {

namespace {

std::size_t hash_of(Inode const& node) { return reinterpret_cast<std::uintptr_t>(&node) / 64; }

std::size_t hash_of(std::string_view name) {
    std::size_t hash = 0xcbf2'9ce4'8422'2325; // FNV-1a
    for (auto c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100'0000'01b3;
    return hash;
}

} // namespace

UnixSocket*& UnixNames::bucket_of(UnixSocket const& socket) {
    auto const hash =
        socket.node() != nullptr ? hash_of(*socket.node()) : hash_of(socket.address()->name());
    return buckets_[hash % bucket_count];
}

UnixSocket* UnixNames::find(Inode const& node) const {
    auto* at = buckets_[hash_of(node) % bucket_count];
    while (at != nullptr && at->node() != &node) at = at->next_named;
    return at;
}

UnixSocket* UnixNames::find(std::string_view name) const {
    auto* at = buckets_[hash_of(name) % bucket_count];
    while (at != nullptr && (at->node() != nullptr || at->address()->name() != name))
        at = at->next_named;
    return at;
}

void UnixNames::add(UnixSocket& socket) {
    socket.next_named = std::exchange(bucket_of(socket), &socket);
}

void UnixNames::remove(UnixSocket& socket) {
    auto** place = &bucket_of(socket);
    while (*place != &socket) place = &(*place)->next_named;
    *place = socket.next_named;
}

std::string_view UnixNames::unused(std::array<char, 6>& memory) {
    constexpr std::uint32_t numbers = 1 << 20;
    constexpr unsigned tries = 4096; // more are in use than a container has sockets
    for (unsigned i = 0; i < tries; i++) {
        auto number = next_unused_++ % numbers;
        memory[0] = '\0';
        for (auto at = memory.size() - 1; at > 0; at--, number /= 16)
            memory[at] = "0123456789abcdef"[number % 16];
        std::string_view const name(memory.data(), memory.size());
        if (find(name) == nullptr) return name;
    }
    return {};
}

} // namespace personality

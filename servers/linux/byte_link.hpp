#pragma once
// A stream of bytes both ways to somebody outside the server: what terminals and the framed channel
// stand on. The real one is a session with the console; tests have one made of strings.

#include <cstddef>
#include <cstdint>
#include <span>

namespace personality {

class ByteLink {
public:
    virtual ~ByteLink() = default;

    /// Bytes that came in, as many as lie together; `taken` takes them away.
    virtual std::span<std::byte const> received() = 0;
    virtual void taken(std::size_t bytes) = 0;
    /// Send as many as there is room for. More room is announced by `link_moved`.
    virtual std::size_t send(std::span<std::byte const> bytes) = 0;
};

/// Who uses a link.
class ByteLinkUser {
public:
    virtual ~ByteLinkUser() = default;
    /// Bytes came in, or there is room again.
    virtual void link_moved() = 0;
    virtual void window_changed(std::uint16_t rows, std::uint16_t columns) = 0;
};

} // namespace personality

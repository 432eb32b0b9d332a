#pragma once
// Frames on their way out to a link: one at a time, whole, however little the link takes at once.

#include <servers/linux/byte_link.hpp>

#include <protocols/command_channel.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace personality {

class FrameWriter {
public:
    explicit FrameWriter(ByteLink& link) : link_(link) {}

    /// Whether a frame may be begun. Sends what is left of the last one first.
    bool ready();
    /// Where the payload of the next frame goes; `ready()` must have been true.
    std::span<std::byte> payload() {
        return std::span(bytes_).subspan(command_channel::header_size);
    }
    /// Send the first `length` bytes of payload() as a frame.
    void send(command_channel::Kind kind, std::size_t length);
    void send(command_channel::Kind kind, std::span<std::uint8_t const> payload);
    /// Send zeros in which a predecessor's half frame ends.
    void send_filler();
    /// Send what a queue of bytes holds, as frames, while the link takes it. True if anything went.
    template <class Queue> bool drain(Queue& queue, command_channel::Kind kind) {
        bool moved = false;
        while (!queue.empty() && ready()) {
            auto const into = payload();
            std::size_t length = 0;
            while (length < into.size() && !queue.empty()) {
                auto const piece = std::as_bytes(queue.front());
                auto const count = std::min(piece.size(), into.size() - length);
                std::memcpy(into.data() + length, piece.data(), count);
                queue.pop(count);
                length += count;
            }
            send(kind, length);
            moved = true;
        }
        return moved;
    }

private:
    ByteLink& link_;
    std::array<std::byte, command_channel::header_size + command_channel::max_payload> bytes_{};
    std::size_t sent_ = 0, filled_ = 0;
};

} // namespace personality

#include <servers/linux/fs/command/frame_writer.hpp>

namespace personality {

bool FrameWriter::ready() {
    while (sent_ < filled_) {
        auto const count = link_.send(std::span(bytes_).subspan(sent_, filled_ - sent_));
        if (count == 0) return false;
        sent_ += count;
    }
    return true;
}

void FrameWriter::send(command_channel::Kind kind, std::size_t length) {
    auto const header = command_channel::header(kind, length);
    std::memcpy(bytes_.data(), header.data(), header.size());
    filled_ = header.size() + length;
    sent_ = 0;
    ready();
}

void FrameWriter::send_filler() {
    static_assert(sizeof(bytes_) >= command_channel::restart_filler);
    bytes_.fill(std::byte{0});
    filled_ = command_channel::restart_filler;
    sent_ = 0;
    ready();
}

void FrameWriter::send(command_channel::Kind kind, std::span<std::uint8_t const> bytes) {
    std::memcpy(payload().data(), bytes.data(), bytes.size());
    send(kind, bytes.size());
}

} // namespace personality

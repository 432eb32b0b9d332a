#include <servers/linux/fs/command/command_output.hpp>

namespace personality {

bool CommandOutput::pump(FrameWriter& writer, command_channel::Kind kind) {
    if (!pipe_) return true;
    bool const moved = writer.drain(pipe_->bytes, kind);
    if (moved) pipe_->queue.wake_all(poll_event::writable);
    return pipe_->bytes.empty();
}

} // namespace personality

#pragma once
// One of the command's output streams on its way into frames.

#include <servers/linux/fs/command/frame_writer.hpp>
#include <servers/linux/fs/file.hpp>
#include <servers/linux/fs/pipe/pipe.hpp>

namespace personality {

class CommandOutput {
public:
    /// Woken (with `waiter` as the owner has set it up) when bytes come.
    void use(Ref<Pipe> pipe, Ref<File> reader) {
        pipe_ = std::move(pipe);
        reader_ = std::move(reader);
        pipe_->queue.add(waiter);
    }
    /// Send what is there as frames. True if all of it has gone.
    bool pump(FrameWriter& writer, command_channel::Kind kind);
    void close() {
        waiter.leave();
        reader_ = nullptr;
        pipe_ = nullptr;
    }

    Waiter waiter;

private:
    Ref<Pipe> pipe_;
    Ref<File> reader_; ///< as long as it is open, writes to the pipe do not fail
};

} // namespace personality

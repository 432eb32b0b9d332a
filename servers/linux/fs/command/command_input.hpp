#pragma once
// The command's standard input on its way from the channel: bytes that came, within the credit that
// was given for them, and where they go: into a pipe or to the keys of a terminal.

#include <servers/linux/fs/file.hpp>
#include <servers/linux/fs/pipe/pipe.hpp>
#include <servers/linux/fs/terminal/byte_queue.hpp>
#include <servers/linux/fs/terminal/terminal.hpp>

#include <cstdint>
#include <span>

namespace personality {

class CommandInput {
public:
    static constexpr std::size_t capacity = 16 * 1024;
    /// Credit is given again in portions, so that a slow reader does not make a frame a byte.
    static constexpr std::size_t portion = 4 * 1024;

    /// The writing end of the pipe is kept open until the input ends.
    void use(Ref<Pipe> pipe, Ref<File> writer) {
        pipe_ = std::move(pipe);
        writer_ = std::move(writer);
        pipe_->queue.add(waiter);
    }
    void use(Ref<Terminal> terminal) { terminal_ = std::move(terminal); }

    /// False: the peer sent more than it had credit for.
    bool receive(std::span<std::uint8_t const> bytes);
    void end() { ended_ = true; }
    /// Move on what can be moved.
    void pump();
    /// How much more may be sent, if it is worth a frame; counted as given.
    std::uint32_t claim_credit();
    /// The command reads no more.
    void close();

    /// Woken, as its owner has set it up, when the pipe has room or no reader.
    Waiter waiter;

private:
    ByteQueue<capacity> queue_;
    std::size_t given_ = 0; ///< credit that was given and not used, plus bytes in the queue
    bool ended_ = false;
    Ref<Pipe> pipe_;
    Ref<File> writer_;
    Ref<Terminal> terminal_;

    void move_to_pipe();
    void move_to_terminal();
};

} // namespace personality

#pragma once
// A pipe: bytes on their way from writers to readers. Its ends are PipeFiles; of a FIFO there may
// be many of each.

#include <servers/linux/fs/pipe/pipe_slots.hpp>
#include <servers/linux/fs/ref.hpp>
#include <servers/linux/wait_queue.hpp>

namespace personality {

class Pipe final : public Counted {
public:
    /// Writes up to here are never interleaved with others (PIPE_BUF).
    static constexpr std::size_t atomic_bytes = 4096;
    /// What an unprivileged program may ask for (/proc/sys/fs/pipe-max-size).
    static constexpr std::size_t max_capacity = 1 << 20;

    explicit Pipe(FramePool& pool) : bytes(pool) {}

    PipeSlots bytes;
    WaitQueue queue; ///< woken with poll_event
    /// It is a FIFO's: who opens one end waits for the other. A nameless one is opened again
    /// through /proc/self/fd, without a wait.
    bool named = false;
    std::uint32_t readers = 0, writers = 0;
    /// How often an end was opened: a FIFO's opener waits for a change.
    std::uint64_t reader_arrivals = 0, writer_arrivals = 0;
};

} // namespace personality

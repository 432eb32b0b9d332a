#pragma once
// One system call of one task, from its arrival to its answer, across all the times it blocks.

#include <servers/linux/fs/ref.hpp>
#include <servers/linux/outcome.hpp>
#include <servers/linux/wait_queue.hpp>

#include <base/list.hpp>

#include <array>
#include <cstdint>
#include <limits>
#include <memory>

namespace personality {

class Task;

/// A point of monotonic time, in ns. `never` is no deadline.
using Instant = std::uint64_t;
constexpr Instant never = std::numeric_limits<Instant>::max();

/// The calls that are to be run again.
class ReadyList;

/// A handler is `Outcome name(Call& call)`. It is run from its beginning each time, so it keeps
/// what it has achieved in `progress` and what must not go away meanwhile in `held`:
///
///     if (pipe.empty()) {
///         if (nonblocking) return Errno::again;
///         TRY(call.watch(pipe.readable));
///         return call.block(Errno::restart_sys);      // or block(done), if some was done already
///     }
class Call {
public:
    explicit Call(Task& task) : task(task) {}
    Call(Call const&) = delete;
    Call& operator=(Call const&) = delete;
    ~Call() { unwatch(); }

    Task& task;
    std::uint64_t number = 0;
    std::array<std::uint64_t, 6> args{};
    std::uint64_t stack_pointer = 0;

    /// Zero at the first run; the handler's own from then on.
    std::array<std::uint64_t, 6> progress{};
    /// Objects the call keeps alive while it waits (the file whose descriptor may be closed).
    std::array<Ref<Counted>, 2> held;
    /// Run the call again at this time at the latest. Survives from run to run.
    Instant deadline = never;

    /// Set before each run: a signal is there that this task must take now.
    bool interrupted = false;
    /// Set before each run: the deadline has passed.
    bool expired = false;
    /// The first run of this call.
    bool first = true;

    std::uint32_t int_arg(unsigned i) const { return static_cast<std::uint32_t>(args[i]); }
    std::int32_t fd_arg(unsigned i) const { return static_cast<std::int32_t>(args[i]); }

    /// Be run again when `queue` is woken for one of `events`.
    Result<> watch(WaitQueue& queue, std::uint32_t events = 0);
    /// Wait; or, if a signal is there, end with `when_interrupted`.
    Outcome block(Outcome when_interrupted) {
        return interrupted ? when_interrupted : Outcome::blocked();
    }
    /// The same for calls that a timeout ends with `when_expired`.
    Outcome block(Outcome when_interrupted, Outcome when_expired) {
        return expired ? when_expired : block(when_interrupted);
    }

    /// Leave all queues.
    void unwatch();
    /// Ready for a new system call.
    void reset(std::uint64_t call_number);
    /// Where wakes put this call; linked while it stands there.
    ReadyList* ready = nullptr;
    base::Link ready_link;

private:
    static constexpr std::size_t inline_waiters = 2;
    /// Waiters of calls that wait for many things (poll), in blocks.
    struct Block {
        static constexpr std::size_t size = 32;
        std::array<Waiter, size> waiters;
        std::unique_ptr<Block> next;
    };
    std::array<Waiter, inline_waiters> waiters_;
    std::size_t used_ = 0;
    std::unique_ptr<Block> more_;

    Waiter* next_waiter();
};

class ReadyList {
public:
    bool empty() { return calls_.empty(); }
    void push(Call& call) {
        if (!call.ready_link.linked()) calls_.push_back(call);
    }
    Call& pop() { return calls_.pop_front(); }
    static void remove(Call& call) {
        if (call.ready_link.linked()) base::List<Call, &Call::ready_link>::remove(call);
    }

private:
    base::List<Call, &Call::ready_link> calls_;
};

} // namespace personality

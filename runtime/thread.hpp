#pragma once
// Threads of our own process. A program starts one as std::thread or pthread_create; the C library
// comes here with stack and thread-local memory, and the kernel objects are made from
// environment().objects. A server then gives it what else it needs through `thread_of`.

#include <base/result.hpp>
#include <runtime/object/sched_context.hpp>
#include <runtime/object/thread.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace runtime {

/// At most so many at a time, the first included.
constexpr std::uint32_t max_threads = 32;

/// 0 is the first thread. The id of one that has ended may be given to another.
enum class ThreadId : std::uint32_t { first = 0 };

struct ThreadStart {
    int (*entry)(void*); ///< never returns, but ends the thread
    void* argument;
    void* stack_top;     ///< aligned to 16
    void* thread_memory; ///< FS base
};

/// With the priority of the first thread, on a SchedContext of its own.
base::Result<ThreadId> start_thread(ThreadStart const& start);

ThreadId current_thread();
/// The capability, to set priority, keeper, context or bound Notification.
Thread thread_of(ThreadId id);
/// The time it runs on.
SchedContext context_of(ThreadId id);

/// Sleep until somebody unparks this thread or until `deadline` (monotonic ns; 0: none). An unpark
/// that came before counts. May return early: look again.
void park(abi::Word deadline);
/// Never waits. Harmless for a thread that has ended.
void unpark(ThreadId id);
/// Ends the calling thread: `finish(stack)` is called on a stack that all ending threads share, one
/// after the other; from then on the thread's own stack and its thread-local memory are not used.
[[noreturn]] void end_thread(std::span<std::byte> stack,
                             void (*finish)(std::span<std::byte> stack));

} // namespace runtime

// Threads and futexes: what musl's pthreads stand on.

#include <runtime/call.hpp>
#include <runtime/clock.hpp>
#include <runtime/libc/calls.hpp>
#include <runtime/libc/time.hpp>
#include <runtime/libc/wait_table.hpp>
#include <runtime/lock.hpp>
#include <runtime/thread.hpp>

#include <linux/futex.h>

#include <cstdarg>
#include <cstdint>
#include <new>
#include <span>

namespace runtime::libc {

namespace {

struct OwnThreads {
    using Lock = runtime::Lock;
    using Guard = runtime::Guard;
    using ThreadId = runtime::ThreadId;
    static ThreadId current_thread() { return runtime::current_thread(); }
    static void park(std::uint64_t deadline) { runtime::park(deadline); }
    static void unpark(ThreadId id) { runtime::unpark(id); }
    static std::uint64_t now_ns() { return runtime::now_ns(); }
};

using Table = WaitTable<OwnThreads>;
constinit Table sleepers;

/// The word that says whether a thread has ended: musl's thread list lock, the same for all
/// threads, which the end of a thread unlocks.
constinit std::atomic<std::atomic<int>*> ended_word = nullptr;

std::atomic<int>& as_atomic(int* address) { return *reinterpret_cast<std::atomic<int>*>(address); }

int number(ThreadId id) { return static_cast<int>(id) + 1; }

/// Gives the stack back, if there is one to give, and says that the thread has ended. Whoever
/// waited for that may free the thread's memory at once: so nothing here is on it.
[[noreturn]] void end_thread(std::span<std::byte> stack) {
    runtime::end_thread(stack, [](std::span<std::byte> gone) {
        if (!gone.empty()) handle(Munmap{}, gone.data(), gone.size());
        auto* const word = ended_word.load(std::memory_order_relaxed);
        if (word == nullptr) return;
        word->store(0, std::memory_order_release);
        sleepers.wake(*word, 1);
    });
}

/// What a new thread needs before its first step. It lies at the top of its stack.
struct Birth {
    int (*entry)(void*);
    void* argument;
    int* thread_id;
};

/// The thread knows its own id before anybody's code runs on it: musl's thread list lock, which it
/// takes to end, holds the owner's id, and an id of zero would take nothing.
int begin_thread(void* argument) {
    auto const birth = *static_cast<Birth*>(argument);
    as_atomic(birth.thread_id).store(number(current_thread()), std::memory_order_relaxed);
    return birth.entry(birth.argument);
}

} // namespace

long handle(Futex, int* address, int operation, int value, timespec const* timeout, int*) {
    auto& word = as_atomic(address);
    switch (operation & ~(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME)) {
    case FUTEX_WAIT: {
        std::uint64_t deadline = 0;
        if (timeout != nullptr) {
            auto const ns = nanoseconds(*timeout);
            if (!ns) return -EINVAL;
            deadline = later(now_ns(), *ns);
        }
        switch (sleepers.wait(word, value, deadline)) {
        case Table::Outcome::woken: return 0;
        case Table::Outcome::changed: return -EAGAIN;
        case Table::Outcome::timed_out: return -ETIMEDOUT;
        }
        return 0;
    }
    case FUTEX_WAKE: return sleepers.wake(word, value);
    case FUTEX_REQUEUE: {
        // Waking those who were to move is allowed: they look at the other word themselves. The
        // fourth argument is a count here.
        auto const moved = static_cast<int>(reinterpret_cast<std::intptr_t>(timeout));
        int total = 0;
        if (__builtin_add_overflow(value, moved, &total)) total = value;
        return sleepers.wake(word, total);
    }
    default: return -ENOSYS;
    }
}

long handle(SetTidAddress, int* address) {
    // musl gives the same one to every thread but to those that fail to get their priority.
    if (ended_word.load(std::memory_order_relaxed) == nullptr)
        ended_word.store(&as_atomic(address), std::memory_order_relaxed);
    return number(current_thread());
}

long handle(Gettid) { return number(current_thread()); }

long handle(SchedYield) {
    (void)call<abi::Yield>();
    return 0;
}

long handle(Exit) { end_thread({}); }

} // namespace runtime::libc

using namespace runtime::libc;

extern "C" {

/// Frees the stack that the calling thread runs on, and ends it.
[[noreturn]] void __skerry_unmapself(void* base, std::size_t bytes) {
    end_thread({static_cast<std::byte*>(base), bytes});
}

/// After `arg`: int* parent_tid, void* tls, int* child_tid, as clone has them.
int __skerry_clone(int (*entry)(void*), void* stack, int, void* argument, ...) {
    std::va_list rest;
    va_start(rest, argument);
    auto* const thread_id = va_arg(rest, int*);
    auto* const thread_memory = va_arg(rest, void*);
    va_end(rest);
    auto const top =
        (reinterpret_cast<std::uintptr_t>(stack) - sizeof(Birth)) & ~std::uintptr_t{15};
    auto* const birth = new (reinterpret_cast<void*>(top)) Birth{entry, argument, thread_id};
    auto const thread = runtime::start_thread({begin_thread, birth, birth, thread_memory});
    if (!thread) return -EAGAIN;
    // The thread writes the same; but whoever started it may ask before it runs.
    as_atomic(thread_id).store(number(*thread), std::memory_order_relaxed);
    return number(*thread);
}

int __skerry_set_thread_area(void* pointer) {
    return runtime::call<abi::SetFsBase>(reinterpret_cast<abi::Word>(pointer)) ? 0 : -EINVAL;
}
}

#pragma once
// What belongs to one processor: the thread it runs, its ready queues and deadlines, and what is
// loaded in its registers. Reached through GS in the kernel.

#include <kernel/memory/translations.hpp>
#include <kernel/object/thread.hpp>

#include <abi/info.hpp>
#include <abi/trace.hpp>

#include <array>
#include <atomic>
#include <cstdint>

namespace kernel {

class AddressSpace;
class Process;

/// Ready threads by priority: a queue each, and a bitmap of those that aren't empty.
class ReadyQueues {
public:
    /// The highest priority that somebody is ready at; -1: none.
    int highest() const { return highest_; }

    void push_back(Thread& thread) {
        queues_[thread.priority].push_back(thread);
        note(thread);
    }
    /// A thread that was displaced, not one that used up its slice, goes on first.
    void push_front(Thread& thread) {
        queues_[thread.priority].push_front(thread);
        note(thread);
    }
    void remove(Thread& thread);
    Thread& pop();

private:
    std::array<Thread::Queue, 256> queues_;
    std::array<std::uint64_t, 4> occupied_{};
    int highest_ = -1;

    void note(Thread& thread) {
        thread.queued = true;
        occupied_[thread.priority / 64] |= std::uint64_t{1} << thread.priority % 64;
        if (thread.priority > highest_) highest_ = thread.priority;
    }
    void find_highest();
};

/// What a processor's fast paths go through, one at a time with those of the lock's holder.
class Gate {
public:
    /// False: it is closed.
    bool enter() { return (word_.fetch_or(1, std::memory_order_acquire) & 1) == 0; }
    void leave() { word_.store(0, std::memory_order_release); } // partner: enter()
    /// Without a claim on its line.
    bool closed() const { return word_.load(std::memory_order_relaxed) != 0; }

private:
    std::atomic<std::uint32_t> word_{0};
};

struct alignas(abi::page_bytes) Processor {
    Processor* self = this;
    /// Null: idle, or on its way to choose somebody. Others change it only after this processor has
    /// come in: from user mode it enters into the current thread's frame.
    Thread* current = nullptr;
    std::uint64_t user_rsp = 0;
    std::byte* stack = nullptr;
    abi::TraceRing* trace = nullptr;
    arch::Core* core = nullptr; ///< the tables by which it finds its handlers' stacks and its ports
    std::uint32_t number = 0;
    arch::EntryPage entry; ///< to the end of the first page

    // ---- what is loaded ----
    AddressSpace* space = nullptr;
    Thread* loaded = nullptr;    ///< for whom `activate` was last done
    Thread* fpu_owner = nullptr; ///< whose extended state is in the registers
    bool fpu_trapped = false;    ///< CR0.TS is set
    Process* ports = nullptr;    ///< whose ports the bitmap allows
    bool ports_open = false;     ///< the bitmap counts: `ports` runs
    SchedContext* context = nullptr;
    std::uint64_t context_since = 0; ///< TSC

    // ---- what is ready, and when ----
    ReadyQueues ready;
    Deadlines deadlines;
    std::uint64_t slice_end = 0;  ///< monotonic ns, as those below
    std::uint64_t budget_end = 0; ///< of `context`, if that has a budget
    std::uint64_t timer_at = 0;   ///< what the timer is armed for
    abi::KernelCounters counters{};

    // ---- what others write too, and read when they hold the lock ----
    alignas(64) Gate gate;
    Processor* next = nullptr;          ///< all that run, in a ring
    std::atomic<bool> waiting{false};   ///< for the lock: it looks at its mail
    std::atomic<std::uint32_t> mail{0}; ///< remote::Request bits

    alignas(64) Translations translations;
};
static_assert(offsetof(Processor, current) == PROCESSOR_CURRENT);
static_assert(offsetof(Processor, user_rsp) == PROCESSOR_USER_RSP);
static_assert(offsetof(Processor, stack) == PROCESSOR_STACK);
static_assert(offsetof(Processor, entry) == PROCESSOR_USER_TABLES);
static_assert(offsetof(Processor, gate) == PROCESSOR_GATE);

/// The registers of its processor hold nothing of this thread's any more that is wanted: it has
/// been saved, or is about to be replaced or to vanish. One that runs elsewhere is interrupted for
/// it.
void unload(Thread& thread, bool save);
/// The process's enabled ports have changed: wherever they are loaded they are loaded afresh on the
/// way out.
void unload_ports(Process& process);

void close_ports(Processor& processor);

inline Processor& this_processor() { return *static_cast<Processor*>(arch::processor()); }

} // namespace kernel

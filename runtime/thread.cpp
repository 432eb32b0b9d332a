#include <abi/memory.hpp>
#include <runtime/clock.hpp>
#include <runtime/compiler.hpp>
#include <runtime/environment.hpp>
#include <runtime/lock.hpp>
#include <runtime/memory.hpp>
#include <runtime/message_page.hpp>
#include <runtime/object/notification.hpp>
#include <runtime/object/sched_context.hpp>
#include <runtime/object/untyped.hpp>
#include <runtime/own.hpp>
#include <runtime/thread.hpp>

#include <array>
#include <atomic>
#include <cstddef>

namespace runtime {

namespace {

enum class State : std::uint32_t { free, used, ended };

/// What a thread is made of. The mapping goes before the memory, the thread before both.
struct Record {
    /// Ended: set by the thread as its last words (release); whoever starts the next one (acquire)
    /// then takes its objects apart. The thread may have an instruction to go, which it loses.
    std::atomic<State> state = State::free;
    /// Read by any unparker, so the Notification outlives the thread: it is made once a record.
    std::atomic<std::uint32_t> parking = 0;
    Owned<Memory> page_memory;
    Mapping page;
    Owned<SchedContext> context;
    Owned<Thread> thread;
    ThreadStart start{};
};

/// Never destroyed: threads may be running while the process ends.
union Records {
    constexpr Records() : all{} {}
    constexpr ~Records() {}
    std::array<Record, max_threads> all;
};

struct Threads {
    Lock lock;                              ///< of starting
    std::atomic<std::uint32_t> napping = 0; ///< a Notification that nobody signals
    std::atomic<std::uint32_t> ending = 0;  ///< 1: a thread is on the shared stack, or about to be
    alignas(16) std::array<std::byte, 8192> end_stack{};
};

constinit Records records;
constinit Threads threads;
thread_local constinit std::uint32_t own_index = 0;

Record& record(ThreadId id) { return records.all[static_cast<std::uint32_t>(id) % max_threads]; }

/// The Notification whose address is kept in `place`, made at its first use.
base::Result<Notification> notification_at(std::atomic<std::uint32_t>& place) {
    if (auto const raw = place.load(std::memory_order_acquire); raw != 0)
        return Notification(abi::CapAddress{raw});
    auto made = TRY(Untyped(environment().objects).make<Notification>());
    std::uint32_t none = 0;
    if (place.compare_exchange_strong(none, made.address().raw, std::memory_order_acq_rel))
        return made.release();
    return Notification(abi::CapAddress{none}); // somebody was quicker; ours goes
}

[[noreturn]] void begin_thread(Record* self) {
    detail::thread_message_page = reinterpret_cast<abi::MessagePage*>(self->page.address());
    own_index = static_cast<std::uint32_t>(self - records.all.data());
    self->start.entry(self->start.argument);
    __builtin_trap(); // entry ends the thread itself
}

void take_apart(Record& gone) {
    gone.thread.reset();
    gone.context.reset();
    gone.page.reset();
    gone.page_memory.reset();
    gone.state.store(State::free, std::memory_order_relaxed);
}

/// A record that nobody uses, and what ended threads left is given back.
Record* free_record() __attribute__((requires_capability(threads.lock))) {
    Record* found = nullptr;
    for (std::size_t i = 1; i < records.all.size(); i++) {
        auto& one = records.all[i];
        if (one.state.load(std::memory_order_acquire) == State::ended) take_apart(one);
        if (one.state.load(std::memory_order_relaxed) == State::free) found = &one;
    }
    return found;
}

abi::RegisterFile registers_for(Record& fresh) {
    // As after a call without a caller: a backtrace ends here.
    auto* const top = static_cast<abi::Word*>(fresh.start.stack_top) - 1;
    *top = 0;
    abi::RegisterFile registers{};
    registers.rip = reinterpret_cast<abi::Word>(&begin_thread);
    registers.rsp = reinterpret_cast<abi::Word>(top);
    registers.rdi = reinterpret_cast<abi::Word>(&fresh);
    registers.fs_base = reinterpret_cast<abi::Word>(fresh.start.thread_memory);
    return registers;
}

base::Result<> build(Record& fresh) {
    Untyped const objects(environment().objects);
    auto const priority = TRY(Thread(first_thread).inspect()).priority;
    TRY(notification_at(fresh.parking));
    fresh.page_memory = TRY(objects.make_memory(abi::message_page_bytes));
    fresh.page = TRY(map(fresh.page_memory, abi::message_page_bytes));
    fresh.context = TRY(objects.make<SchedContext>());
    fresh.thread = TRY(objects.make<Thread>());
    TRY(fresh.thread.configure(own_process, fresh.page_memory.address(), 0,
                               uses_fpu ? 0 : Thread::fpu_free));
    TRY(fresh.thread.set_priority(priority));
    TRY(fresh.thread.bind_context(fresh.context.address()));
    TRY(fresh.thread.write_registers(registers_for(fresh)));
    return fresh.thread.resume();
}

} // namespace

base::Result<ThreadId> start_thread(ThreadStart const& start) {
    // Now there will be two who can meet.
    TRY(notification_at(threads.napping));
    TRY(notification_at(record(ThreadId::first).parking));
    Guard const guard(threads.lock);
    auto* const fresh = free_record();
    if (fresh == nullptr) return base::fail(abi::Error::no_memory);
    fresh->start = start;
    fresh->state.store(State::used, std::memory_order_relaxed);
    if (auto const built = build(*fresh); !built) {
        take_apart(*fresh);
        return base::fail(built.error());
    }
    return static_cast<ThreadId>(fresh - records.all.data());
}

ThreadId current_thread() { return static_cast<ThreadId>(own_index); }

Thread thread_of(ThreadId id) {
    return id == ThreadId::first ? Thread(first_thread) : record(id).thread.view();
}

SchedContext context_of(ThreadId id) {
    return id == ThreadId::first ? SchedContext(first_context) : record(id).context.view();
}

void park(abi::Word deadline) {
    auto const parking = notification_at(record(current_thread()).parking);
    if (!parking)
        (void)call<abi::Yield>(); // early is allowed
    else
        (void)parking->wait_until(deadline);
}

void unpark(ThreadId id) {
    auto const parking = record(id).parking.load(std::memory_order_acquire);
    if (parking != 0) (void)Notification(abi::CapAddress{parking}).signal(1);
}

namespace {

/// A short sleep. Takes nobody's unpark.
void nap() {
    constexpr abi::Word nap_ns = 20'000;
    auto const napping = threads.napping.load(std::memory_order_acquire);
    if (napping == 0)
        (void)call<abi::Yield>();
    else
        (void)Notification(abi::CapAddress{napping}).wait_until(now_ns() + nap_ns);
}

/// What the last steps of a thread know, on the shared stack.
struct Ending {
    std::span<std::byte> stack;
    void (*finish)(std::span<std::byte>);
    std::atomic<State>* state;
};

[[noreturn]] void end_here(Ending const* ending) {
    // The Ending lies on the thread's own stack, which finish gives away.
    auto* const state = ending->state;
    ending->finish(ending->stack);
    // From the first store on the stack is somebody else's, from the second the thread itself:
    // whoever takes it apart may spare it the call. So the order matters, and only registers are
    // used.
    asm volatile("movl $0, (%[ending])\n\t"
                 "movl %[ended], (%[state])\n\t"
                 "syscall\n\t"
                 "ud2"
                 :
                 : [state] "r"(state), [ending] "r"(&threads.ending),
                   [ended] "i"(static_cast<int>(State::ended)),
                   "a"(abi::call_word(abi::ThreadExit::number, {}))
                 : "memory");
    __builtin_unreachable();
}

} // namespace

void end_thread(std::span<std::byte> stack, void (*finish)(std::span<std::byte> stack)) {
    // The state is found before thread-local memory is out of use.
    Ending const ending{stack, finish, &record(current_thread()).state};
    // No Lock: its release would need the stack that it has just given away.
    while (threads.ending.exchange(1, std::memory_order_acquire) != 0) nap();
    auto* const top = threads.end_stack.data() + threads.end_stack.size();
    asm volatile("mov %[top], %%rsp\n\t"
                 "xor %%ebp, %%ebp\n\t"
                 "call *%[next]\n\t"
                 "ud2"
                 :
                 : [top] "r"(top), [next] "r"(&end_here), "D"(&ending)
                 : "memory");
    __builtin_unreachable();
}

} // namespace runtime

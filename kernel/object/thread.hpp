#pragma once
// Thread: the register state of one flow of control, what it waits for, and who is told of its
// faults. A blocked thread owns no kernel stack: everything to go on with is here.

#include <kernel/cap/slot.hpp>
#include <kernel/time/deadline.hpp>

#include <abi/error.hpp>
#include <abi/info.hpp>
#include <abi/message.hpp>

#include <hardware.hpp>

#include <bit>

namespace kernel {

class AddressSpace;
class Notification;
class Process;
class Reply;
class SchedContext;
struct Processor;

/// What a thread's saved message is about, if it stands in an Endpoint's queue as caller, or awaits
/// an answer. From page_fault on in the order that traces know.
enum class Sending : std::uint8_t { call, send, foreign, page_fault, exception, kicked, timeout };

class Thread : public ObjectOf<abi::Kind::thread> {
public:
    using Rights = abi::ThreadRights;
    using State = abi::ThreadState;

    Thread();

    /// Threads in a line, first come, first served: those that are ready, or that wait for the
    /// same. A thread stands in at most one.
    base::Link queue_link;
    using Queue = base::List<Thread, &Thread::queue_link>;

    alignas(16) Frame frame;

    // ---- what the switch and the message paths look at ----
    Processor* processor; ///< where it is ready, runs, and may have left state in registers
    AddressSpace* space = nullptr; ///< its process's, while it has one
    Process* process = nullptr;
    SchedContext* context = nullptr; ///< what it runs on now; null: it can't run
    Reply* reply = nullptr;   ///< receiving: will hold the caller; awaiting: holds this thread
    Reply* lent_by = nullptr; ///< holds the caller whose time this thread runs on
    abi::MessagePage* message_page = nullptr; ///< in the kernel's own mapping
    State state = State::fresh;
    std::uint8_t priority = 0;
    bool foreign = false;
    bool fpu_free = false;
    bool queued = false; ///< stands in a ready queue
    // In this order: the fast path looks at them together.
    alignas(4) Sending sending = Sending::call;
    bool kicked = false; ///< reports to its keeper before it runs on
    bool held = false;   ///< its process is stopped, or not started yet
    bool timed = false;  ///< its wait has a deadline
    abi::MessageTag tag; ///< of the message it sends
    abi::Word badge = 0; ///< of the capability it sends through
    std::uint64_t fs_base = 0;
    std::uint64_t gs_base = 0;
    /// Its number, and what it works on: the second half of a trace record, but for the event.
    struct Trace {
        std::uint32_t thread = 0;
        std::uint32_t request = 0;
        std::uint64_t raw() const { return std::bit_cast<std::uint64_t>(*this); }
    };
    alignas(8) Trace trace;

    // ---- the rest ----
    Deadline deadline{*this};
    Reference keeper{*this};
    Reference timeout{*this}; ///< hears that the time it runs on is used up
    Reference message_slot{*this, SlotRole::message_page};
    Notification* bound_notification = nullptr;
    SchedContext* own_context = nullptr;
    Slot* revokes = nullptr; ///< where it is in the middle of a revoke
    /// How far the call has come that it was set back to: pages of a range, or runs.
    std::uint64_t progress = 0;
    base::Link process_link;
    std::uint64_t told = 0; ///< of which loss of a server it knows, and waits for another
    std::uint16_t receive_slot = 0;
    std::uint16_t receive_slots = 0;
    std::uint64_t fault_vector = 0;
    std::uint64_t fault_error = 0;
    std::uint64_t fault_address = 0;
    arch::ExtendedState extended;

    /// Whether it can be switched to out of its wait, that of a call of this kind, and nothing more
    /// is to do.
    bool ready_after(Sending kind) const {
        std::uint32_t together;
        __builtin_memcpy(&together, &sending, sizeof together);
        return together == static_cast<std::uint32_t>(kind);
    }
    /// The same for one that receives.
    bool ready_to_receive() const {
        std::uint16_t together;
        __builtin_memcpy(&together, &held, sizeof together);
        return together == 0;
    }

    /// Wait in `queue` until `deadline` (monotonic ns; 0: without end).
    void wait(State in, Queue& queue, std::uint64_t deadline);
    /// A wait is over with this error. A thread that waited for its keeper has lost it; one that
    /// was out of time goes on once there is some.
    void finish(abi::Error error);
    /// So are those of all in a queue. True when none is left, false if the budget is spent.
    static bool finish_all(Queue& queue, abi::Error error, unsigned& budget);
    /// The thread may run from now on, with the registers it has.
    void run();
    /// Go on with this time, on its processor.
    void run_on(SchedContext& time);
    /// Time that a caller lent goes home.
    void return_lent_time();
    /// Without lent time it goes on with its own, if it has any.
    void use_own_time();
    /// Hold it until it is resumed. A wait ends with `cancelled`; a foreign call is made again
    /// later.
    void suspend();
    /// A foreign thread reports to its keeper before it goes on in user mode; a native one's wait
    /// ends with `cancelled`.
    void kick();
    /// Nobody keeps it: it stops here, and its owner hears.
    void lose_keeper();
    /// A fault, a foreign call or a kick of its own is with its keeper.
    bool waits_for_keeper() const {
        return (state == State::calling || state == State::awaiting) && sending != Sending::call &&
               sending != Sending::send;
    }
    bool waits() const { return state >= State::calling && state <= State::waiting; }
    /// Take it out of whatever it waits in. Its state is left to the caller.
    void leave_wait();
    /// It does not run for now: no processor does it, and nobody waits for what it revokes.
    void rest();
    /// It ends and never runs again.
    void end();
    /// Its process is held or goes on.
    void hold(bool on);

    /// Give it time of its own (null: take it away).
    void bind_context(SchedContext* fresh);
    /// Its receives end on signals of this Notification, too (null: of none).
    void bind_notification(Notification* fresh);

    bool destroy(unsigned& budget);
};
// Thread has a base class with members, for which offsetof is conditionally supported; clang does.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Winvalid-offsetof"
static_assert(offsetof(Thread, frame) == FRAME_OFFSET);
static_assert(offsetof(Thread, foreign) == THREAD_FOREIGN);
static_assert(offsetof(Thread, fs_base) == THREAD_FS_BASE &&
              offsetof(Thread, gs_base) == THREAD_FS_BASE + 8);
static_assert(offsetof(Thread, kicked) == offsetof(Thread, sending) + 1 &&
              offsetof(Thread, held) == offsetof(Thread, sending) + 2 &&
              offsetof(Thread, timed) == offsetof(Thread, sending) + 3);
#pragma clang diagnostic pop

} // namespace kernel

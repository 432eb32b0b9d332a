#pragma once
// A kernel state for tests: some memory, a few programs, and what they call. Everything in it hangs
// below the anchors, which stay as long as the world does: from there every object can be found.

#include <kernel/call/dispatch.hpp>
#include <kernel/cap/derivation.hpp>
#include <kernel/cap/teardown.hpp>
#include <kernel/object/objects.hpp>
#include <kernel/root.hpp>
#include <kernel/sched/schedule.hpp>

#include <abi/calls.hpp>

#include <deque>
#include <optional>
#include <vector>

namespace kernel::testing {

/// Where a program finds its first capabilities.
namespace at {
constexpr std::uint16_t untyped = 1, pool = 2, process = 3, space = 4, thread = 5, context = 6,
                        control = 7, io_ports = 8, message = 9, device = 10, free = 16;
} // namespace at

/// A process with everything that it takes to run.
struct Program {
    Untyped* memory;
    CapPool* pool;
    AddressSpace* space;
    Process* process;
    Thread* thread;
    SchedContext* context;
    abi::MessagePage* page;

    /// The address of what lies in a slot of its pool.
    abi::CapAddress operator[](std::uint16_t number) const {
        return pool->slot(number)->address(number);
    }
    /// An empty slot.
    std::uint16_t free_slot() const;
};

/// What came of a call.
struct Outcome {
    bool returned; ///< false: the thread waits, or is no more
    abi::Error error;
    abi::Word value;

    bool ok() const { return returned && error == abi::Error::ok; }
    bool failed(abi::Error with) const { return returned && error == with; }
};

struct ProgramOptions {
    bool foreign = false;
    bool fpu_free = false;
    bool passive = false;    ///< without time of its own
    bool privileged = false; ///< with Control, ports and device memory
    std::uint8_t priority = 100;
    unsigned processor = 0; ///< where its time is
    std::uint64_t bytes = 512 << 10;
};

/// The registers of a message call.
struct Message {
    abi::MessageTag tag{};
    std::array<abi::Word, 8> words{};
    abi::CapAddress reply{}; ///< R14
    abi::Word deadline = 0;  ///< R15
};

class World {
public:
    static constexpr unsigned most_processors = 4;

    explicit World(std::uint64_t ram_bytes = 8 << 20, unsigned processors = 1);
    ~World();
    World(World const&) = delete;
    World& operator=(World const&) = delete;

    Program& add_program(ProgramOptions options = {});
    /// A further thread of a program, in a free slot of its pool. Not running yet.
    Thread& add_thread(Program& program, std::uint8_t priority = 100, bool passive = false);

    /// Copy a capability of one program into the pool of another.
    abi::CapAddress share(Program const& from, abi::CapAddress what, Program const& to,
                          abi::RightsMask rights = abi::all_rights, abi::Word badge = 0);

    /// From now on this processor acts. The others are in user mode, asleep, or wait for the lock.
    void on(unsigned number);
    /// Those that were called come in, and those that came in go on. Done after every step, unless
    /// `late`: then it is up to the test. What somebody waits for is done at once all the same.
    void settle();
    void settle(unsigned number);
    bool late = false;

    /// Make `thread` the one that runs, on its processor.
    void become(Thread& thread);
    /// `thread` executes SYSCALL with the registers it has. Resumed until it is done.
    Outcome enter(Thread& thread);
    /// One entry only: a call that wants to go on stands at its instruction again.
    void enter_once(Thread& thread);

    /// A call by registers, as the ABI says.
    template <class C, class... A>
    Outcome call(Thread& thread, abi::CapAddress target, A... arguments) {
        become(thread);
        prepare<C>(thread, target, arguments...);
        return enter(thread);
    }
    template <class C, class... A>
    Outcome call(Program const& program, abi::CapAddress target, A... arguments) {
        return call<C>(*program.thread, target, arguments...);
    }
    /// Only put the registers of a call in place.
    template <class C, class... A>
    void prepare(Thread& thread, abi::CapAddress target, A... arguments) {
        set_call(thread, abi::call_word(C::number, target),
                 {encode_as<typename C::Args, A>(arguments)...});
    }
    /// A message call: tag, words, R14 and R15 in their registers.
    template <class C>
    Outcome message(Thread& thread, abi::CapAddress target, Message const& what = {}) {
        become(thread);
        set_message(thread, abi::call_word(C::number, target), what);
        return enter(thread);
    }
    void set_message(Thread& thread, abi::Word word, Message const& what);

    /// A system call of a foreign thread.
    void foreign_call(Thread& thread, abi::Word number, std::array<abi::Word, 6> arguments = {});
    /// The current thread's fault.
    void page_fault(Thread& thread, abi::Word address, abi::Word error);
    void exception(Thread& thread, abi::Word vector, abi::Word code = 0);
    /// Time goes on; the timer interrupts if it is armed for then.
    void advance(std::uint64_t ns);
    /// A line fires, if it is unmasked. Returns whether anybody heard.
    bool interrupt(std::uint32_t line);
    /// A device writes a message with this vector.
    bool interrupt_by_message(std::uint8_t vector, unsigned processor = 0);

    /// Retype into a free slot; the address is checked to be good.
    abi::CapAddress make(Program const& program, abi::Kind kind, abi::Word size = 0,
                         abi::Cache cache = abi::Cache::write_back);
    template <class T> T& object(Program const& program, abi::CapAddress address) {
        return *static_cast<T*>(program.pool->find(address)->object);
    }

    /// Do what teardown is left.
    void reap();
    /// End a process, from outside.
    static void end(Process& process);
    /// Empty a slot of a program's pool, from outside, with all that follows.
    void remove(Program const& program, abi::CapAddress address);

    /// True if the object's memory has been given back.
    static bool gone(Object const& object);

    Thread* current() const { return this_processor().current; }
    Processor& processor() { return this_processor(); }
    std::deque<Program>& programs() { return programs_; }
    std::vector<Slot*> anchors();

    static constexpr std::uint64_t code = 0x40'0000; ///< where programs seem to run
    static constexpr std::uint64_t stack = 0x7000'0000;

private:
    std::array<Slot, 16> anchor_slots_{};
    bool inside_[most_processors]{}; ///< wait for the lock, and then choose who runs
    std::deque<Program> programs_;

    void set_call(Thread& thread, abi::Word word, std::array<abi::Word, 6> arguments);
    void leave();
    void answer(unsigned number);
    Slot& put(CapPool& pool, std::uint16_t number, Object& object, std::uint64_t data,
              Slot& parent);
    template <class Args, class A> static abi::Word encode_as(A value) {
        return abi::encode(value);
    }
};

} // namespace kernel::testing

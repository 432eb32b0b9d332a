#pragma once
// Process: a capability pool, an address space and the threads that use them. Its end, whatever the
// cause, goes through `end`.

#include <kernel/cap/pool.hpp>
#include <kernel/ipc/endpoint.hpp>
#include <kernel/ipc/reply.hpp>
#include <kernel/memory/address_space.hpp>
#include <kernel/object/thread.hpp>

#include <abi/info.hpp>

namespace kernel {

class Process : public ObjectOf<abi::Kind::process> {
public:
    using Rights = abi::ProcessRights;

    Reference pool_slot{*this};
    Reference space_slot{*this, SlotRole::process_space};
    Reference end_notification{*this};
    std::uint64_t exit_code = 0;
    std::uint64_t time = 0; ///< TSC ticks of threads that are gone
    abi::ProcessState state = abi::ProcessState::fresh;
    std::uint16_t number = 0; ///< in the trace
    bool foreign = false;
    bool first = false; ///< the supervisor: its end is the system's
    char name[24]{};
    /// Ranges of enabled ports: deleting the capability that one was enabled with takes it back.
    std::array<Reference, 4> ports{port_range(), port_range(), port_range(), port_range()};
    bool has_ports = false; ///< some range has been enabled at some time

    using Threads = base::List<Thread, &Thread::process_link>;
    Threads threads; ///< at most abi::max_process_threads
    std::uint32_t thread_count = 0;
    base::List<Reply, &Reply::process_link> replies;
    base::List<Endpoint, &Endpoint::server_link> served;

    CapPool* pool() const { return pool_slot.as<CapPool>(); }
    AddressSpace* space() const { return space_slot.as<AddressSpace>(); }

    bool ends() const { return state >= abi::ProcessState::ending; }

    void join(Thread& thread);
    void leave(Thread& thread);

    // False from these: the budget is spent and more is left. A calling thread of its own comes
    // last, so that it can go on until all is done.

    /// All its threads: held, or let run (again).
    bool hold(bool on, unsigned& budget);
    /// Threads end, callers it had received get server_died, Endpoints lose their server, and
    /// whoever waits for the end is signalled. The pool is left to whoever takes the process apart.
    bool end(std::uint64_t code, unsigned& budget);
    /// Empty the pool and let go of pool and space.
    bool take_apart(unsigned& budget);

    /// Its address space is about to go: it can't run any more.
    bool lose_space(unsigned& budget);

    bool destroy(unsigned& budget);

private:
    /// Threads before this one have been held, let run or ended, as `state` says.
    Threads::Iterator next_ = threads.end();

    void enter(abi::ProcessState fresh);
    Thread* put_caller_last();
    /// The threads from the next one on, up to `last`.
    template <class F> bool visit(Thread const* last, unsigned& budget, F&& each);
    Reference port_range() { return Reference{*this, SlotRole::port_range}; }
};

} // namespace kernel

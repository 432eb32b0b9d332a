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

    base::List<Thread, &Thread::process_link> threads;
    base::List<Reply, &Reply::process_link> replies;
    base::List<Endpoint, &Endpoint::server_link> served;

    CapPool* pool() const { return pool_slot.as<CapPool>(); }
    AddressSpace* space() const { return space_slot.as<AddressSpace>(); }

    /// All its threads: held, or let run (again).
    void hold(bool on);
    /// Threads end, callers it had received get server_died, Endpoints lose their server, and
    /// whoever waits for the end is signalled. The pool is left to whoever takes the process apart.
    void end(std::uint64_t code);
    /// Empty the pool and let go of pool and space. False: more is left.
    bool take_apart(unsigned& budget);

    /// Its address space is about to go: it can't run any more.
    void lose_space();

    bool destroy(unsigned& budget);

private:
    Reference port_range() { return Reference{*this, SlotRole::port_range}; }
};

} // namespace kernel

#pragma once
// What the lock's holder asks of other processors. It asks and waits: for one in user mode or
// asleep no longer than an interrupt takes, for one that waits for the lock until it has looked at
// its mail.

#include <kernel/sched/processor.hpp>

#include <base/address.hpp>

namespace kernel::remote {

/// Bits of Processor::mail.
enum Request : std::uint32_t {
    look = 1 << 0,        ///< somebody better is ready: choose anew who runs. Nobody waits for it.
    come_in = 1 << 1,     ///< leave user mode, and don't go back without having had the lock
    flush = 1 << 2,       ///< forget the translations in root().flushes
    leave_space = 1 << 3, ///< another space than root().flushes.space
    unload = 1 << 4,      ///< save what root().unloading has in registers
    close_ports = 1 << 5, ///< as kernel::unload_ports says
};

/// Translations that other processors have to forget before the memory they lead to is used again.
struct Flushes {
    static constexpr std::uint32_t most = 32; ///< more: all of the space's

    bool noted = false; ///< others than the processor that changes a space may remember of it
    AddressSpace* space = nullptr;
    bool shared = false; ///< some other processor has the space loaded
    std::uint32_t count = 0;
    std::uint64_t addresses[most]{};
};

/// Ask, and wait until it is done.
void ask(Processor& other, Request what);
/// Somebody that should run there is ready.
void nudge(Processor& other);
/// Do what was asked. Returns it.
std::uint32_t serve(Processor& self);

/// The entry for this address has changed. The others hear of it at the latest in finish_flushes.
void note_flush(AddressSpace& space, base::Virt address);
/// Nobody has an old translation any more. Called before memory is given back, and before the lock
/// is.
inline void finish_flushes();
void send_flushes();
/// No processor has this space loaded any more: nobody is left to run in it.
void unload_space(AddressSpace const& space);

} // namespace kernel::remote

#pragma once
// What the holder of a capability may do with the object: one enumeration for each kind, so that
// asking a Notification for an Endpoint's right does not compile.

#include <abi/capability.hpp>

#include <cstdint>
#include <type_traits>

namespace abi {

/// Rights as they travel and are stored: eight bits whose meaning depends on the kind.
using RightsMask = std::uint8_t;
constexpr RightsMask all_rights = 0xff;

enum class UntypedRights : RightsMask {
    none = 0,
    /// Make objects of it, and pay with it.
    retype = 1,
    /// Make Memory of it without zeroing what was never given out: whoever reads that sees what
    /// firmware and boot loader left. Only the Untypeds of the boot have it, not those that are
    /// made of them.
    unread = 2,
    /// SchedContexts made of it, and of the Untypeds made of it, are without limit. Made without
    /// this right they have no time until Control gives them a budget.
    time = 4,
};

enum class CapPoolRights : RightsMask {
    none = 0,
    /// Fill slots: copy, mint, move and retype into the pool, and let it grow.
    fill = 1,
    /// Empty slots: delete and revoke.
    empty = 2,
    /// Describe slots.
    inspect = 4,
    /// Make it a process's, whose threads use what is in it.
    use = 8,
};

enum class ProcessRights : RightsMask {
    none = 0,
    /// Give it its pool and address space, and put threads into it.
    configure = 1,
    /// Start, stop and kill.
    control = 2,
    /// Inspect, and bind the Notification that tells of its end.
    inspect = 4,
};

enum class ThreadRights : RightsMask {
    none = 0,
    /// Process, message page, keeper, priority, bindings.
    configure = 1,
    /// Read its registers, and inspect it.
    read_registers = 2,
    /// Write its registers.
    write_registers = 4,
    /// Resume and suspend.
    control = 8,
    /// Kick it.
    kick = 16,
};

enum class AddressSpaceRights : RightsMask {
    none = 0,
    /// Attach Memory, map, unmap, protect, guard.
    map = 1,
    /// Translate. To be the source of copied mappings takes `map` too, since those are
    /// write-protected.
    inspect = 2,
};

enum class MemoryRights : RightsMask {
    none = 0,
    /// Map it readable; without it, not at all but for the books.
    read = 1,
    /// Map it writable.
    write = 2,
    /// Map it executable.
    execute = 4,
};

enum class EndpointRights : RightsMask {
    none = 0,
    /// Call and send.
    send = 1,
    /// Receive, and become the serving process.
    receive = 2,
    /// Let messages carry capabilities.
    grant = 4,
};

enum class ReplyRights : RightsMask {
    none = 0,
    /// Receive with it, and answer whom it holds.
    reply = 1,
};

enum class NotificationRights : RightsMask {
    none = 0,
    /// Set bits.
    signal = 1,
    /// Wait, poll, and bind it to a thread.
    wait = 2,
};

enum class TimerRights : RightsMask {
    none = 0,
    /// Arm and cancel.
    arm = 1,
};

enum class SchedContextRights : RightsMask {
    none = 0,
    /// Bind it to a thread.
    bind = 1,
    /// Read the time that was used.
    inspect = 2,
};

enum class InterruptRights : RightsMask {
    none = 0,
    /// Bind, acknowledge and mask.
    handle = 1,
};

enum class IoPortsRights : RightsMask {
    none = 0,
    /// Read and write the ports, and enable them in the process.
    access = 1,
};

enum class ReservedRights : RightsMask {
    none = 0,
    /// Described by PoolInspect like everything; there is nothing else to be done with it.
    inspect = 1,
};

enum class ControlRights : RightsMask {
    none = 0,
    /// Write to the kernel's early log.
    log = 1,
    /// Stop or restart the machine.
    power = 2,
    /// Make Interrupt objects.
    interrupts = 4,
    /// Set budgets of SchedContexts, and the wall clock.
    time = 8,
    /// Read the kernel's counters.
    counters = 16,
    /// Attach devices to DmaSpaces, and confirm that they have been reset.
    devices = 32,
};

enum class AttachmentRights : RightsMask { none = 0 };

enum class DmaSpaceRights : RightsMask {
    none = 0,
    /// Let the device reach Memory, and take that back.
    map = 1,
    /// Hear of accesses that were refused to the device.
    watch = 2,
};

/// True if `have` includes every right in `need`.
template <class R>
    requires std::is_enum_v<R>
constexpr bool covers(RightsMask have, R need) {
    auto const wanted = static_cast<RightsMask>(need);
    return (have & wanted) == wanted;
}

template <class R>
    requires std::is_enum_v<R> && std::is_same_v<std::underlying_type_t<R>, RightsMask>
constexpr RightsMask mask(R right) {
    return static_cast<RightsMask>(right);
}

/// Several rights of one kind together: `rights(ThreadRights::configure, ThreadRights::kick)`.
template <class R, class... More>
    requires(std::is_same_v<R, More> && ...)
constexpr R rights(R first, More... more) {
    return static_cast<R>((mask(first) | ... | mask(more)));
}

} // namespace abi

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

enum class UntypedRights : RightsMask { none = 0, retype = 1 };

enum class CapPoolRights : RightsMask {
    none = 0,
    /// Fill slots: copy, mint, move and retype into the pool, and let it grow.
    fill = 1,
    /// Empty slots: delete, revoke, and move out of the pool.
    empty = 2,
    inspect = 4,
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
    read_registers = 2,
    write_registers = 4,
    /// Resume and suspend.
    control = 8,
    kick = 16,
};

enum class AddressSpaceRights : RightsMask {
    none = 0,
    /// Attach Memory, map, unmap, protect, guard.
    map = 1,
    /// Translate, and be the source of copied mappings.
    inspect = 2,
};

enum class MemoryRights : RightsMask { none = 0, read = 1, write = 2, execute = 4 };

enum class EndpointRights : RightsMask {
    none = 0,
    /// Call and send.
    send = 1,
    receive = 2,
    /// Let messages carry capabilities.
    grant = 4,
};

enum class ReplyRights : RightsMask { none = 0, reply = 1 };

enum class NotificationRights : RightsMask { none = 0, signal = 1, wait = 2 };

enum class TimerRights : RightsMask { none = 0, arm = 1 };

enum class SchedContextRights : RightsMask {
    none = 0,
    /// Bind it to a thread.
    bind = 1,
    /// Read the time that was used.
    inspect = 2,
};

enum class InterruptRights : RightsMask { none = 0, handle = 1 };

enum class IoPortsRights : RightsMask { none = 0, access = 1 };

enum class ReservedRights : RightsMask { none = 0, inspect = 1 };

enum class ControlRights : RightsMask {
    none = 0,
    /// Write to the kernel's early log.
    log = 1,
    /// Stop or restart the machine.
    power = 2,
    /// Make Interrupt objects.
    interrupts = 4,
    /// Set budgets of SchedContexts.
    time = 8,
    /// Read the kernel's counters.
    counters = 16,
};

enum class AttachmentRights : RightsMask { none = 0 };

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

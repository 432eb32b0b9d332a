#pragma once
// Every call of the kernel: one line each. Number, the kind and rights of the capability it is made
// on, what it returns, what it takes. The comment above a line is its text in the reference.
//
// Into the kernel: RAX = 1 << 63 | number << 32 | address of the target; arguments in
// RDI RSI RDX R10 R8 R9. Out: RAX = Error, RDX = result. RCX and R11 are lost, and so are the
// argument registers. Message calls (send, call, receive, reply...) use the registers that
// `message.hpp` describes.

#include <abi/capability.hpp>
#include <abi/error.hpp>
#include <abi/memory.hpp>
#include <abi/message.hpp>
#include <abi/rights.hpp>

#include <array>
#include <tuple>
#include <type_traits>

namespace abi {

/// A call on a capability of kind K that needs the rights Need.
template <std::uint16_t Number, Kind K, auto Need, class Signature> struct Call;

template <std::uint16_t Number, Kind K, auto Need, class R, class... A>
struct Call<Number, K, Need, R(A...)> {
    static_assert(sizeof...(A) <= 6, "a call has at most six arguments");
    static constexpr std::uint16_t number = Number;
    static constexpr Kind kind = K;
    static constexpr auto need = Need;
    using Result = R;
    using Args = std::tuple<A...>;
};

/// Calls on the calling thread itself, without a target.
enum class NoRights : RightsMask { none = 0 };

constexpr Word call_bit = Word{1} << 63;
constexpr Word call_word(std::uint16_t number, CapAddress target) {
    return call_bit | static_cast<Word>(number) << 32 | target.raw;
}

// ---- the calling thread ----------------------------------------------------------------------

/// Let the next thread of the same priority run.
struct Yield : Call<0x00, Kind::none, NoRights::none, void()> {};
/// End the calling thread; it is stopped in state `ended` until its last capability goes.
struct ThreadExit : Call<0x01, Kind::none, NoRights::none, void()> {};
/// End the calling process with `code`. Whoever waits for its end is told. Resumable.
struct ProcessExit : Call<0x02, Kind::none, NoRights::none, void(Word code)> {};
/// Set the FS base of the calling thread (canonical user address), for processors without WRFSBASE.
struct SetFsBase : Call<0x03, Kind::none, NoRights::none, void(Word address)> {};

/// Do a share of the teardown that is pending in the kernel; returns when nothing is left.
/// Resumable: delete, revoke and kill go on as this call when they are interrupted in their last
/// phase.
struct Reap : Call<0x04, Kind::none, NoRights::none, void()> {};
/// Put `value` into the trace, with the caller's number and request (abi/trace.hpp).
struct TraceMark : Call<0x05, Kind::none, NoRights::none, void(Word value)> {};

// ---- Untyped -----------------------------------------------------------------------------------

/// Make an object (or a smaller Untyped, or Memory) of free space. `size` is in bytes for Untyped
/// and Memory (a multiple of 4 KiB; for Untyped a power of two), and 0 for all other kinds, which
/// have no `records` either; `cache` is Memory's alone. The records of Memory and Untyped
/// themselves are taken from `records` (an Untyped of RAM; empty: the same Untyped; needed where
/// the range is device memory) and stay taken as long as the object exists, even if `records` is
/// revoked before. RAM is zeroed. A Thread and an Untyped have the ceiling of priority that this
/// Untyped's capability has. Resumable. Returns the address of the new capability, which is a child
/// of the Untyped's.
struct UntypedRetype
    : Call<0x10, Kind::untyped, UntypedRights::retype,
           CapAddress(Kind kind, Word size, CapAddress records, Place place, Cache cache)> {};
/// Zero all free space in advance, so that later retypes need not. Resumable.
struct UntypedClear : Call<0x11, Kind::untyped, UntypedRights::retype, void()> {};
/// Make Memory of `size` bytes as retype does, but leave what has never been given out as the
/// machine began with it, for who clears its pages itself before anybody else gets them. What was
/// given out before is zero all the same. Resumable.
struct UntypedRetypeUnread
    : Call<0x12, Kind::untyped, rights(UntypedRights::retype, UntypedRights::unread),
           CapAddress(Word size, CapAddress records, Place place, Cache cache)> {};

// ---- CapPool -----------------------------------------------------------------------------------

/// Copy the capability at `source` (caller's pool) into an empty slot of this pool, with those of
/// its rights that `rights` keeps. The copy is a child of the source.
struct PoolCopy : Call<0x20, Kind::cap_pool, CapPoolRights::fill,
                       CapAddress(std::uint16_t slot, CapAddress source, RightsMask rights)> {};
/// As copy, and narrower: an Endpoint or Notification gets the badge `first` (only if it has none);
/// Memory is narrowed to `second` pages from page `first`, IoPorts to `second` ports from `first`,
/// the priority ceiling of a Thread, or of an Untyped for all that is made of it, to `first`.
struct PoolMint : Call<0x21, Kind::cap_pool, CapPoolRights::fill,
                       CapAddress(std::uint16_t slot, CapAddress source, RightsMask rights,
                                  Word first, Word second)> {};
/// Move the capability at `source` (caller's pool) into an empty slot of this pool.
struct PoolMove : Call<0x22, Kind::cap_pool, CapPoolRights::fill,
                       CapAddress(std::uint16_t slot, CapAddress source)> {};
/// Empty a slot of this pool. What was derived from it hangs below its parent from now on. The
/// last capability of an object destroys the object. Resumable.
struct PoolDelete : Call<0x23, Kind::cap_pool, CapPoolRights::empty, void(CapAddress address)> {};
/// Delete everything that was derived from a capability of this pool. Resumable.
struct PoolRevoke : Call<0x24, Kind::cap_pool, CapPoolRights::empty, void(CapAddress address)> {};
/// Add a segment of 256 slots, paid from `memory`, which must be the Untyped that the pool itself
/// was made of. Returns the first new slot number.
struct PoolGrow : Call<0x25, Kind::cap_pool, CapPoolRights::fill, Word(CapAddress memory)> {};
/// Describe a slot of this pool: an ObjectInfo in the message page.
struct PoolInspect : Call<0x26, Kind::cap_pool, CapPoolRights::inspect, void(std::uint16_t slot)> {
};

// ---- Process -----------------------------------------------------------------------------------

/// Give the process its pool and its address space. `flags`: bit 0 makes it foreign. The process
/// must be new, or (to exchange the space) stopped.
struct ProcessConfigure : Call<0x30, Kind::process, ProcessRights::configure,
                               void(CapAddress pool, CapAddress space, Word flags)> {};
/// Name it, for the log and the debugger: 24 bytes of text in three words.
struct ProcessName
    : Call<0x31, Kind::process, ProcessRights::configure, void(Word a, Word b, Word c)> {};
/// Let its threads run (again). Resumable.
struct ProcessStart : Call<0x32, Kind::process, ProcessRights::control, void()> {};
/// Hold all its threads. Resumable.
struct ProcessStop : Call<0x33, Kind::process, ProcessRights::control, void()> {};
/// End it with `code`: threads end, callers it had received get server_died, its pool is emptied.
/// A process that has ended already is emptied. Resumable.
struct ProcessKill : Call<0x34, Kind::process, ProcessRights::control, void(Word code)> {};
/// Signal `bits` of the Notification when the process ends.
struct ProcessBindEnd
    : Call<0x35, Kind::process, ProcessRights::inspect, void(CapAddress notification, Word bits)> {
};
/// Describe it: a ProcessInfo in the message page.
struct ProcessInspect : Call<0x36, Kind::process, ProcessRights::inspect, void()> {};

// ---- Thread ------------------------------------------------------------------------------------

/// Put a new thread into a process, with a message page (page `page` of a Memory) and flags: bit 0
/// FPU-free (a use of x87, SSE or AVX is exception 7 to its keeper).
struct ThreadConfigure
    : Call<0x40, Kind::thread, ThreadRights::configure,
           void(CapAddress process, CapAddress message_memory, Word page, Word flags)> {};
/// The Endpoint to which faults, exceptions and foreign calls of the thread go; an empty address
/// takes it away.
struct ThreadSetKeeper
    : Call<0x41, Kind::thread, ThreadRights::configure, void(CapAddress endpoint)> {};
/// The Endpoint that hears (`timeout`) when the time the thread runs on, its own or a caller's, is
/// used up; an empty address takes it away, and then the thread waits for what comes back.
struct ThreadSetTimeout
    : Call<0x4c, Kind::thread, ThreadRights::configure, void(CapAddress endpoint)> {};
/// Set the priority (0 lowest to 255), at most the capability's ceiling.
struct ThreadSetPriority : Call<0x42, Kind::thread, ThreadRights::configure, void(Word priority)> {
};
/// Receives cover this Notification too; an empty address takes it away.
struct ThreadBindNotification
    : Call<0x43, Kind::thread, ThreadRights::configure, void(CapAddress notification)> {};
/// The time it runs on; an empty address leaves it passive: it runs only while it serves a call.
struct ThreadBindContext
    : Call<0x44, Kind::thread, ThreadRights::configure, void(CapAddress context)> {};
/// The empty slots of its process's pool, `count` from `first`, that may receive capabilities.
struct ThreadSetReceiveSlots
    : Call<0x45, Kind::thread, ThreadRights::configure, void(std::uint16_t first, Word count)> {};
/// Read the registers of a thread that isn't running into the message page.
struct ThreadReadRegisters : Call<0x46, Kind::thread, ThreadRights::read_registers, void()> {};
/// Write the registers of a thread that isn't running from the message page. A thread that waits
/// in a call stays there; one that is new or suspended goes on with them.
struct ThreadWriteRegisters : Call<0x47, Kind::thread, ThreadRights::write_registers, void()> {};
/// Let a new or suspended thread run.
struct ThreadResume : Call<0x48, Kind::thread, ThreadRights::control, void()> {};
/// Hold a thread. A wait it is in ends with `cancelled`.
struct ThreadSuspend : Call<0x49, Kind::thread, ThreadRights::control, void()> {};
/// Make a foreign thread report to its keeper (`kicked`) before it runs on in user mode. A wait of
/// a native thread ends with `cancelled`.
struct ThreadKick : Call<0x4a, Kind::thread, ThreadRights::kick, void()> {};
/// Describe it: a ThreadInfo in the message page.
struct ThreadInspect : Call<0x4b, Kind::thread, ThreadRights::read_registers, void()> {};

// ---- AddressSpace ------------------------------------------------------------------------------

/// Attach Memory to the space: the ceiling of rights is the capability's. The attachment is a child
/// of the capability. Returns its number. `number` 0 lets the kernel choose.
struct SpaceAttach : Call<0x50, Kind::address_space, AddressSpaceRights::map,
                          Word(CapAddress memory, Word number)> {};
/// Unmap what an attachment maps, and remove it. Resumable.
struct SpaceDetach
    : Call<0x51, Kind::address_space, AddressSpaceRights::map, void(Word attachment)> {};
/// Map `pages` of an attachment, from page `offset`, at `address`. Returns the pages done, also on
/// failure. `operation` is map_fresh or replace. Resumable.
struct SpaceMap : Call<0x52, Kind::address_space, AddressSpaceRights::map,
                       Word(Word attachment, Word address, Word offset, Word pages,
                            Protection protection, RunOperation operation)> {};
/// Unmap a range; pages that are not mapped are passed over. Returns the pages done, also on
/// failure. Resumable.
struct SpaceUnmap
    : Call<0x53, Kind::address_space, AddressSpaceRights::map, Word(Word address, Word pages)> {};
/// Change the protection of the mapped pages of a range, up to each attachment's ceiling. Returns
/// the pages done, also on failure. Resumable.
struct SpaceProtect : Call<0x54, Kind::address_space, AddressSpaceRights::map,
                           Word(Word address, Word pages, Protection protection)> {};
/// Apply up to 128 runs of the message page, map and replace all from one attachment. Returns the
/// number of runs completed, also on failure; each run then says what is left of it. Resumable.
struct SpaceApply
    : Call<0x55, Kind::address_space, AddressSpaceRights::map, Word(Word attachment, Word runs)> {};
/// Copy the mappings of a range from another space into this one, and with `write_protect` 1 take
/// write permission from them in both (fork). This space must have the same Memory attached under
/// the same numbers. Returns the pages done, also on failure. Resumable.
struct SpaceCopyMappings
    : Call<0x56, Kind::address_space, AddressSpaceRights::map,
           Word(CapAddress source, Word address, Word pages, Word write_protect)> {};
/// Report up to 384 pages into the message page, as `page_entry` describes, and clear accessed or
/// dirty bits on request. Resumable.
struct SpaceTranslate : Call<0x57, Kind::address_space, AddressSpaceRights::inspect,
                             void(Word address, Word pages, Word flags)> {};
/// Mark unmapped pages as guard pages (`set` 1) or as plain unmapped ones (0). Returns the pages
/// done, also on failure. Resumable.
struct SpaceGuard : Call<0x58, Kind::address_space, AddressSpaceRights::map,
                         Word(Word address, Word pages, Word set)> {};

// ---- Endpoint and Reply ------------------------------------------------------------------------

/// Send a message and wait for its answer. If flagged, R15 is the deadline for being received.
struct EndpointCall : Call<0x60, Kind::endpoint, EndpointRights::send, Word()> {};
/// Send a message and wait until it was received.
struct EndpointSend : Call<0x61, Kind::endpoint, EndpointRights::send, Word()> {};
/// Wait for a message, or a signal of the bound Notification. R14 names the Reply object that will
/// hold the caller. The caller's process becomes the serving process.
struct EndpointReceive : Call<0x62, Kind::endpoint, EndpointRights::receive, Word()> {};
/// Answer the caller that the Reply object in R14 holds (none: nothing), then receive with it.
struct EndpointReplyReceive : Call<0x63, Kind::endpoint, EndpointRights::receive, Word()> {};
/// Answer the caller that this Reply object holds.
struct ReplySend : Call<0x64, Kind::reply, ReplyRights::reply, Word()> {};
/// Make the caller's process the serving process of an Endpoint that has none. `flags` bit 0: take
/// it over from the one it has.
struct EndpointServe : Call<0x65, Kind::endpoint, EndpointRights::receive, void(Word flags)> {};

// ---- Notification ------------------------------------------------------------------------------

/// Set bits; those of the capability's badge where it has one, and then `bits` is ignored.
struct NotificationSignal
    : Call<0x70, Kind::notification, NotificationRights::signal, void(Word bits)> {};
/// Take all bits that are set, waiting until there are some. `deadline` in monotonic ns; 0: none.
struct NotificationWait
    : Call<0x71, Kind::notification, NotificationRights::wait, Word(Word deadline)> {};
/// Take all bits that are set, or return would_block.
struct NotificationPoll : Call<0x72, Kind::notification, NotificationRights::wait, Word()> {};

// ---- Timer, SchedContext -----------------------------------------------------------------------

/// Signal `bits` of a Notification at `deadline` (monotonic ns), once. Replaces what was armed.
struct TimerArm : Call<0x80, Kind::timer, TimerRights::arm,
                       void(Word deadline, CapAddress notification, Word bits)> {};
/// Disarm it.
struct TimerCancel : Call<0x81, Kind::timer, TimerRights::arm, void()> {};
/// Set budget and period in ns: no more than the budget is used in any period, and all of it is
/// there at once. The budget is at least 20 us and at most the period, the period at most an hour;
/// both 0: without limit, sharing by time slice alone. `processor`, counted from 0, is the one that
/// whoever has the context runs on. The target is the Control capability with the right to set
/// budgets.
struct SchedContextConfigure
    : Call<0x88, Kind::control, ControlRights::time,
           void(CapAddress context, Word budget, Word period, Word processor)> {};
/// The time used on it so far, in ns.
struct SchedContextRead : Call<0x89, Kind::sched_context, SchedContextRights::inspect, Word()> {};

// ---- Interrupt, IoPorts ------------------------------------------------------------------------

/// Make an Interrupt object for a line of the I/O APICs (global system interrupt), paid from
/// `memory`. `flags`: bit 0 level-triggered, bit 1 active low. It interrupts `processor`, counted
/// from 0. Several share a line if they say the same of it; `busy` if not, or if all vectors are
/// taken. The target is Control.
struct InterruptCreate
    : Call<0x90, Kind::control, ControlRights::interrupts,
           CapAddress(CapAddress memory, Word line, Word flags, Word processor, Place place)> {};
/// Signal `bits` of a Notification when it fires, once until it is acknowledged, and unmask it.
struct InterruptBind : Call<0x91, Kind::interrupt, InterruptRights::handle,
                            void(CapAddress notification, Word bits)> {};
/// The handler is done with the device: signal again when it fires. A level-triggered line is open
/// again when all who share it have acknowledged. What came meanwhile by edge or message is
/// signalled now.
struct InterruptAcknowledge : Call<0x92, Kind::interrupt, InterruptRights::handle, void()> {};
/// Do not signal until the next acknowledge, as if it had fired.
struct InterruptMask : Call<0x93, Kind::interrupt, InterruptRights::handle, void()> {};
/// Make an Interrupt object that a device fires by writing a message (MSI, MSI-X): one object for
/// each message. `device`: as in DmaAttach; where an IOMMU confines devices no other can send it.
/// `not_supported`: the IOMMUs do not stand before this one. `busy`: all vectors are taken. The
/// target is Control.
struct InterruptCreateMessage
    : Call<0x94, Kind::control, ControlRights::interrupts,
           CapAddress(CapAddress memory, Word device, Word processor, Place place)> {};
/// What the device has to write: the address in the low half, the data in the high half. bad_state:
/// it is a line.
struct InterruptMessage : Call<0x95, Kind::interrupt, InterruptRights::handle, Word()> {};
/// Read a port of the range (`width` 1, 2 or 4 bytes).
struct PortsRead : Call<0x98, Kind::io_ports, IoPortsRights::access, Word(Word port, Word width)> {
};
/// Write a port of the range.
struct PortsWrite
    : Call<0x99, Kind::io_ports, IoPortsRights::access, void(Word port, Word width, Word value)> {};
/// Let the threads of the caller's process use IN and OUT on the range, as long as this capability
/// exists.
struct PortsEnable : Call<0x9a, Kind::io_ports, IoPortsRights::access, void()> {};

// ---- Control -----------------------------------------------------------------------------------

/// Write `length` bytes of the message page's text to the kernel's log.
struct ControlLog : Call<0xa0, Kind::control, ControlRights::log, void(Word length)> {};
/// End the machine's work: `how` 0 power off (with `code` for an emulator), 1 restart.
struct ControlPower : Call<0xa1, Kind::control, ControlRights::power, void(Word how, Word code)> {};
/// The kernel's counters: a KernelCounters in the message page.
struct ControlCounters : Call<0xa2, Kind::control, ControlRights::counters, void()> {};
/// Say what time it is: the clock page's `wall_offset_ns`.
struct ControlSetWallClock
    : Call<0xa3, Kind::control, ControlRights::time, void(Word wall_offset_ns)> {};

// ---- DmaSpace ----------------------------------------------------------------------------------

/// Let the space's device reach what a Memory capability covers (RAM, at most 2^14 pages);
/// `protection` is read or read_write. The mapping is a child of the capability. `address` is the
/// device address wanted, where nothing is mapped. Returns the device address: that one or, where
/// no IOMMU confines devices, the physical one.
struct DmaMap : Call<0xb0, Kind::dma_space, DmaSpaceRights::map,
                     Word(CapAddress memory, Word address, Protection protection)> {};
/// Take back the mapping that begins at a device address. An IOMMU keeps the device out from then
/// on; without one the Memory stays in quarantine until the device is released. Resumable.
struct DmaUnmap : Call<0xb1, Kind::dma_space, DmaSpaceRights::map, void(Word address)> {};
/// Signal `bits` of a Notification when the device was refused an access; an empty address: nobody.
struct DmaBindFault
    : Call<0xb2, Kind::dma_space, DmaSpaceRights::watch, void(CapAddress notification, Word bits)> {
};
/// Take the fault that was reported: a DmaFault in the message page. Until it is taken, further
/// ones are not. `would_block` if there is none.
struct DmaTakeFault : Call<0xb3, Kind::dma_space, DmaSpaceRights::watch, void()> {};
/// Give a device the space as its view of memory. `device`: PCI segment << 16 | bus << 8 | device
/// << 3 | function. Returns 1 if an IOMMU confines it to the space, 0 if nothing does.
struct DmaAttach
    : Call<0xb4, Kind::control, ControlRights::devices, Word(CapAddress space, Word device)> {};
/// The caller confirms that a device has been reset and uses no address that it was told: it leaves
/// its space, and what was in quarantine because of it may be used again.
struct DmaRelease : Call<0xb5, Kind::control, ControlRights::devices, void(Word device)> {};

template <class... C> struct CallList {};

using Calls = CallList<
    Yield, ThreadExit, ProcessExit, SetFsBase, Reap, TraceMark, UntypedRetype, UntypedClear,
    UntypedRetypeUnread, PoolCopy, PoolMint, PoolMove, PoolDelete, PoolRevoke, PoolGrow,
    PoolInspect, ProcessConfigure, ProcessName, ProcessStart, ProcessStop, ProcessKill,
    ProcessBindEnd, ProcessInspect, ThreadConfigure, ThreadSetKeeper, ThreadSetTimeout,
    ThreadSetPriority, ThreadBindNotification, ThreadBindContext, ThreadSetReceiveSlots,
    ThreadReadRegisters, ThreadWriteRegisters, ThreadResume, ThreadSuspend, ThreadKick,
    ThreadInspect, SpaceAttach, SpaceDetach, SpaceMap, SpaceUnmap, SpaceProtect, SpaceApply,
    SpaceCopyMappings, SpaceTranslate, SpaceGuard, EndpointCall, EndpointSend, EndpointReceive,
    EndpointReplyReceive, ReplySend, EndpointServe, NotificationSignal, NotificationWait,
    NotificationPoll, TimerArm, TimerCancel, SchedContextConfigure, SchedContextRead,
    InterruptCreate, InterruptBind, InterruptAcknowledge, InterruptMask, InterruptCreateMessage,
    InterruptMessage, PortsRead, PortsWrite, PortsEnable, ControlLog, ControlPower, ControlCounters,
    ControlSetWallClock, DmaMap, DmaUnmap, DmaBindFault, DmaTakeFault, DmaAttach, DmaRelease>;

/// Call numbers lie below this.
constexpr std::uint16_t call_numbers = 0xb8;

// ---- how typed arguments travel as words -------------------------------------------------------

template <class T> constexpr Word encode(T value) {
    if constexpr (std::is_same_v<T, CapAddress>) {
        return value.raw;
    } else if constexpr (std::is_same_v<T, Place>) {
        return value.pool.raw | static_cast<Word>(value.slot) << 32;
    } else {
        return static_cast<Word>(value);
    }
}

template <class T> constexpr T decode(Word word) {
    if constexpr (std::is_same_v<T, CapAddress>) {
        return CapAddress{static_cast<std::uint32_t>(word)};
    } else if constexpr (std::is_same_v<T, Place>) {
        return Place{CapAddress{static_cast<std::uint32_t>(word)},
                     static_cast<std::uint16_t>(word >> 32)};
    } else {
        return static_cast<T>(word);
    }
}

} // namespace abi

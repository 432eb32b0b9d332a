#pragma once
// What the inspecting calls write into the message page (at its `text` area).

#include <abi/capability.hpp>

#include <cstdint>

namespace abi {

struct ObjectInfo {
    Kind kind;
    std::uint8_t rights;
    std::uint8_t revoked;
    std::uint8_t reserved[5];
    CapAddress address; ///< the address under which the slot can be used now
    std::uint32_t reserved2;
    Word badge;           ///< Endpoint, Notification: the badge; Untyped, Thread: the ceiling
    Word physical;        ///< Untyped, Memory: first byte; device memory and RAM alike
    Word bytes;           ///< Untyped, Memory, Reserved: size; IoPorts: number of ports
    Word free_bytes;      ///< Untyped: never used or free again
    Word first;           ///< IoPorts: first port; Interrupt: line, or 2^32 - 1 for a message
    std::uint32_t device; ///< Untyped, Memory: 1 for device memory
    std::uint32_t children;
};

/// The most threads of one process.
constexpr std::uint32_t max_process_threads = 2048;

enum class ProcessState : std::uint32_t {
    fresh = 0,
    running = 1,
    stopped = 2,
    ending = 3, ///< its end has begun and takes several steps
    ended = 4,
};

struct ProcessInfo {
    ProcessState state;
    std::uint32_t threads;
    std::uint32_t foreign;
    std::uint32_t reserved;
    Word exit_code;
    Word time_ns; ///< processor time of its threads so far
    char name[24];
};

enum class ThreadState : std::uint32_t {
    fresh = 0,
    ready = 1, ///< running or runnable
    suspended = 2,
    calling = 3,  ///< queued at an Endpoint, not received yet
    awaiting = 4, ///< received, waits for the answer
    receiving = 5,
    waiting = 6, ///< at a Notification
    keeper_lost = 7,
    ended = 8,
};

struct ThreadInfo {
    ThreadState state;
    std::uint32_t priority;
    std::uint32_t kicked;
    std::uint32_t fpu_free;
    Word rip;
    Word rsp;
    /// The fault, if the thread stopped because nobody keeps it: vector and address.
    Word fault_vector;
    Word fault_error;
    Word fault_address;
};

/// What a SchedContext's budget and period have to be, in ns.
constexpr Word least_budget_ns = 20'000;
constexpr Word longest_period_ns = 3'600'000'000'000;

/// What an IOMMU has refused to a device.
struct DmaFault {
    Word address; ///< of the page, as the device knows it
    std::uint32_t device;
    std::uint32_t write;  ///< 1: it was written to
    std::uint32_t reason; ///< as the IOMMU puts it (VT-d specification, appendix A)
    std::uint32_t reserved;
};

/// Of one processor.
struct KernelCounters {
    Word space_switches;
    Word tlb_flushes;
    Word page_flushes; ///< INVLPG
    Word thread_switches;
    Word interrupts;
    Word unexpected_interrupts;
    Word calls; ///< but for messages that take the fast path
    Word page_faults;
    Word lock_acquisitions; ///< of the kernel's one lock
    Word lock_contended;    ///< waits for it, or for its holder to open the processor's gate
    Word lock_spins;        ///< rounds that they waited
    Word processor_calls;   ///< interrupts sent to other processors
};

} // namespace abi

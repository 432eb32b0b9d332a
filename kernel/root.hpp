#pragma once
// All mutable state of the kernel that is not in objects hangs off this one root.

#include <kernel/object/interrupt_vectors.hpp>
#include <kernel/object/object.hpp>
#include <kernel/sched/kernel_lock.hpp>
#include <kernel/sched/processor.hpp>
#include <kernel/sched/remote.hpp>

#include <abi/boot.hpp>
#include <base/list.hpp>

#include <array>
#include <span>

namespace kernel {

class DmaSpace;

struct Root {
    /// Objects without a capability, waiting to be taken apart.
    base::List<Object, &Object::dying_link> dying;
    /// Slots in the middle of a revoke.
    std::uint32_t revokes_in_progress = 0;
    std::uint64_t losses = 0; ///< how many Endpoints have lost their server
    InterruptVectors interrupts;

    /// Those that run, the first one first.
    std::array<Processor*, abi::max_processors> processors{};
    std::uint32_t processor_count = 0;
    std::span<Processor* const> running() const {
        return std::span(processors).first(processor_count);
    }
    /// It runs from now on.
    void add(Processor& processor);

    KernelLock lock;
    remote::Flushes flushes;
    SpaceTags space_tags;
    Thread* unloading = nullptr; ///< what remote::unload is about

    /// For the numbers that traces know threads and processes by.
    std::uint16_t threads_introduced = 0;
    std::uint16_t processes_introduced = 0;
    /// Those with a device, by the number of their domain. Number 0 is never one's (VT-d
    /// specification, section 6.1: units in caching mode keep it).
    std::array<DmaSpace*, 64> dma_domains{};
};

extern constinit Root the_root;
inline Root& root() { return the_root; }

inline void remote::finish_flushes() {
    if (root().flushes.space) [[unlikely]]
        send_flushes();
}

} // namespace kernel

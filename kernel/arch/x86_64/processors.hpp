#pragma once
// The processors of the machine: what each needs in memory, and how all but the first are started.

#include <kernel/arch/x86_64/kernel_space.hpp>
#include <kernel/sched/processor.hpp>
#include <kernel/start/boot_description.hpp>

namespace kernel::arch {

/// Memory for one: stacks, tables, queues and trace.
constexpr std::uint64_t processor_bytes = sizeof(abi::TraceRing) + (80 << 10);

/// What processor `number` has for itself: mapped in the kernel's space, and in `entry` what
/// entries need before they are there.
Processor& make_processor(BootHeap& heap, KernelSpace& space, KernelSpace& entry,
                          std::uint32_t number, std::uint8_t apic);

/// The calling processor is `processor` from now on.
void become(Processor& processor);

/// Start those of `waiting` that are like the first one. They sleep until somebody is to run there.
void start_processors(std::span<Processor* const> waiting, MemoryMap const& memory);

} // namespace kernel::arch

#pragma once
// All mutable state of the kernel that is not in objects hangs off this one root.

#include <kernel/object/interrupt.hpp>
#include <kernel/object/object.hpp>
#include <kernel/sched/processor.hpp>

#include <abi/boot.hpp>
#include <base/list.hpp>

namespace kernel {

struct Root {
    /// Objects without a capability, waiting to be taken apart.
    base::List<Object, &Object::dying_link> dying;
    /// Slots whose `revoking` is set.
    std::uint32_t revokes_in_progress = 0;
    InterruptLines interrupt_lines;
    /// Those that run, the first one first.
    std::array<Processor*, abi::max_processors> processors{};
    std::uint32_t processor_count = 0;
    /// For the numbers that traces know threads and processes by.
    std::uint16_t threads_introduced = 0;
    std::uint16_t processes_introduced = 0;
};

Root& root();

} // namespace kernel

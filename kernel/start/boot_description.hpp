#pragma once
// Everything that is known when the machine is ready and nobody runs yet: what the first process is
// made from, and what it is told.

#include <abi/clock.hpp>
#include <kernel/start/acpi.hpp>
#include <kernel/start/boot_heap.hpp>
#include <kernel/start/loader.hpp>
#include <kernel/start/memory_map.hpp>

namespace kernel {

struct BootDescription {
    LoaderInformation loader;
    /// All physical memory, with a use for every page. The boot heap's is `kernel`.
    MemoryMap memory;
    BootHeap heap;
    AcpiTables tables;
    abi::ClockPage* clock_page = nullptr;
};

} // namespace kernel

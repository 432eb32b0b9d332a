#pragma once
// Everything that is known when the machine is ready and nobody runs yet: what the first process is
// made from, and what it is told.

#include <abi/clock.hpp>
#include <kernel/start/acpi.hpp>
#include <kernel/start/boot_heap.hpp>
#include <kernel/start/loader.hpp>
#include <kernel/start/memory_map.hpp>

#include <cstdint>

namespace kernel {

struct BootDescription {
    LoaderInformation loader;
    /// All physical memory, with a use for every page. The boot heap's is `kernel`; what is left of
    /// it (`heap.unused()` to `heap.end()`) may be handed on.
    MemoryMap memory;
    BootHeap heap;
    AcpiTables tables;
    std::uint64_t boot_tsc = 0;
    std::uint64_t image_bytes = 0; ///< of the kernel
    abi::ClockPage* clock_page = nullptr;
    base::Phys clock_page_address;
    bool has_iommu = false;
    std::uint8_t century_index = 0; ///< in the real-time clock's memory
};

} // namespace kernel

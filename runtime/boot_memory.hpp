#pragma once
// What the first process takes for itself before anything else runs, since nobody gave it a heap:
// an Untyped for objects and memory for its heap, both from the largest Untyped of RAM.

#include <abi/boot.hpp>

#include <cstddef>
#include <span>

namespace runtime::detail {

struct BootMemory {
    abi::CapAddress source; ///< the Untyped of which all this, and the process itself, was made
    abi::CapAddress objects;
    std::span<std::byte> heap; ///< at protocols::heap_base
};

/// Traps if the machine has too little memory to begin: there is nobody to tell.
BootMemory take_boot_memory(abi::BootInfo const& info);

} // namespace runtime::detail

#pragma once
// What a processor gives away while it guesses.

namespace kernel::arch {

/// Whether programs may be able to read what is mapped for the kernel alone (Meltdown): true where
/// the processor is of a maker that had it and doesn't say that it is cured.
bool may_leak_kernel_memory();

} // namespace kernel::arch

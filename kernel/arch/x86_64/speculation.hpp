#pragma once
// What a processor gives away while it guesses, and what is done about it. The masks are pure: the
// host's fake machine has the same.

#include <cstdint>

namespace kernel::arch {

/// Whether programs may be able to read what is mapped for the kernel alone (Meltdown): true where
/// the processor is of a maker that had it and doesn't say that it is cured.
bool may_leak_kernel_memory();

/// Whether the processor can forget what it has learned of indirect branches (Spectre v2).
bool has_prediction_barrier();
/// On the calling processor programs do not teach the kernel's branches any more, if it can do
/// that.
void confine_predictions();

/// All ones if `index` is below `count`, otherwise zero: also while the processor guesses how a
/// comparison of the two will end (Spectre v1).
inline std::uint64_t mask_below(std::uint64_t index, std::uint64_t count) {
    std::uint64_t mask;
    asm("cmp %2, %1\n\tsbb %0, %0" : "=r"(mask) : "r"(index), "re"(count) : "cc");
    return mask;
}
/// An index that was found to be below `count`.
inline std::uint64_t checked_index(std::uint64_t index, std::uint64_t count) {
    return index & mask_below(index, count);
}
/// The pointer to something that was found to be of the right kind: no difference to it.
template <class T> T* checked_pointer(T* pointer, std::uint64_t difference) {
    return reinterpret_cast<T*>(reinterpret_cast<std::uintptr_t>(pointer) &
                                mask_below(difference, 1));
}

} // namespace kernel::arch

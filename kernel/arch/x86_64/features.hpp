#pragma once
// What the processor can do, and turning it on. Every processor of the machine is set up alike;
// what the kernel can't do without is refused with a sentence, at boot.

#include <cstdint>
#include <string_view>

namespace kernel::arch {

struct Features {
    /// The first thing that the kernel needs and this processor lacks; empty if it has all.
    std::string_view missing;
    /// What CR4 is set to: what is needed, and what else protects.
    std::uint64_t control = 0;
    /// What XCR0 is set to: x87 and SSE, and AVX where it is. Never more.
    std::uint64_t extended_state = 0;
    bool huge_pages = false, rdtscp = false;
    bool pcid = false; ///< translations carry the number of their space
    /// Width of a physical address, in bits.
    std::uint8_t physical_bits = 36;

    bool operator==(Features const&) const = default;

    static Features detect();
};

/// Turn on what `features` names on the calling processor. Afterwards tables with the NX bit may be
/// loaded, and PWT and PCD in their entries mean: neither write-back, PWT write-combining, both
/// uncached.
void enable(Features const& features);

} // namespace kernel::arch

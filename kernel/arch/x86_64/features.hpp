#pragma once
// What the processor can do, and turning it on. Every processor of the machine is set up alike;
// what the kernel can't do without is refused with a sentence, at boot.

#include <cstdint>
#include <string_view>

namespace kernel::arch {

struct Features {
    // required
    bool nx = false, syscall = false, xsave = false;
    // used where they are
    bool smep = false, smap = false, umip = false;
    bool huge_pages = false, global_pages = false, pcid = false, invpcid = false;
    bool xsaveopt = false, avx = false, fsgsbase = false;
    bool rdtscp = false, rdrand = false, invariant_tsc = false;

    /// Width of a physical address, in bits.
    std::uint8_t physical_bits = 0;
    /// What XCR0 is set to: x87 and SSE, and AVX where it is. Never more.
    std::uint64_t extended_state = 0;
    /// Size of the XSAVE area for `extended_state`, in the standard form.
    std::uint32_t extended_state_bytes = 0;

    bool operator==(Features const&) const = default;

    static Features detect();
    /// The first thing that the kernel needs and this processor lacks; empty if it has all.
    std::string_view missing() const;
};

/// Turn on what `features` names on the calling processor. Afterwards tables with the NX bit may be
/// loaded, and PWT and PCD in their entries mean: neither write-back, PWT write-combining, both
/// uncached.
void enable(Features const& features);

} // namespace kernel::arch

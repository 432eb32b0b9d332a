#include <kernel/arch/x86_64/speculation.hpp>

#include <kernel/arch/x86_64/instructions.hpp>

namespace kernel::arch {
namespace {

constexpr bool bit(std::uint64_t word, unsigned number) { return (word >> number & 1) != 0; }

/// AMD's, or Hygon's after them.
bool amd() {
    auto const maker = cpuid(0).ebx;
    return maker == 0x68747541 || maker == 0x6f677948;
}
CpuidResult leaf(std::uint32_t number) {
    return cpuid(number & 0x8000'0000).eax >= number ? cpuid(number) : CpuidResult{};
}
/// Intel SDM volume 4, table 2-2.
std::uint64_t capabilities() { return bit(leaf(7).edx, 29) ? read_msr(Msr::arch_capabilities) : 0; }

} // namespace

bool may_leak_kernel_memory() { return !amd() && !bit(capabilities(), 0); }

bool has_prediction_barrier() { return bit(leaf(7).edx, 26) || bit(leaf(0x8000'0008).ebx, 12); }

void confine_predictions() {
    // Turned on once and for all: enhanced IBRS, and what AMD calls automatic IBRS.
    if (bit(capabilities(), 1)) write_msr(Msr::speculation_control, 1);
    if (bit(leaf(0x8000'0021).eax, 8)) write_msr(Msr::efer, read_msr(Msr::efer) | 1 << 21);
}

} // namespace kernel::arch

#include <kernel/arch/x86_64/speculation.hpp>

#include <kernel/arch/x86_64/instructions.hpp>

namespace kernel::arch {
namespace {

constexpr Msr arch_capabilities{0x10a}; // Intel SDM volume 4, table 2-2
constexpr std::uint64_t rdcl_no = 1 << 0;

} // namespace

bool may_leak_kernel_memory() {
    auto const leaf0 = cpuid(0);
    constexpr std::uint32_t auth = 0x68747541, hygo = 0x6f677948; // AMD's, and Hygon's after them
    if (leaf0.ebx == auth || leaf0.ebx == hygo) return false;
    bool const tells = leaf0.eax >= 7 && (cpuid(7).edx >> 29 & 1) != 0;
    return !tells || (read_msr(arch_capabilities) & rdcl_no) == 0;
}

} // namespace kernel::arch

#pragma once
// Instructions that C++ has no word for, one function each. Those that change what the processor
// may do with memory carry a memory clobber.

#include <cstdint>

namespace kernel::arch {

// ---- ports -------------------------------------------------------------------------------------

inline void out8(std::uint16_t port, std::uint8_t value) {
    asm volatile("outb %0, %1" ::"a"(value), "Nd"(port));
}
inline void out16(std::uint16_t port, std::uint16_t value) {
    asm volatile("outw %0, %1" ::"a"(value), "Nd"(port));
}
inline void out32(std::uint16_t port, std::uint32_t value) {
    asm volatile("outl %0, %1" ::"a"(value), "Nd"(port));
}
inline std::uint8_t in8(std::uint16_t port) {
    std::uint8_t value;
    asm volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}
inline std::uint16_t in16(std::uint16_t port) {
    std::uint16_t value;
    asm volatile("inw %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}
inline std::uint32_t in32(std::uint16_t port) {
    std::uint32_t value;
    asm volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

// ---- model-specific registers, CPUID, time -----------------------------------------------------

/// Intel SDM volume 4, chapter 2.
enum class Msr : std::uint32_t {
    apic_base = 0x1b,
    speculation_control = 0x48,
    prediction_command = 0x49,
    arch_capabilities = 0x10a,
    sysenter_cs = 0x174,
    page_attributes = 0x277,
    efer = 0xc000'0080,
    star = 0xc000'0081,
    lstar = 0xc000'0082,
    sfmask = 0xc000'0084,
    gs_base = 0xc000'0101,
    tsc_aux = 0xc000'0103,
};

inline std::uint64_t read_msr(Msr msr) {
    std::uint32_t low, high;
    asm volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
    return static_cast<std::uint64_t>(high) << 32 | low;
}
inline void write_msr(Msr msr, std::uint64_t value) {
    asm volatile("wrmsr" ::"c"(msr), "a"(static_cast<std::uint32_t>(value)),
                 "d"(static_cast<std::uint32_t>(value >> 32))
                 : "memory");
}

struct CpuidResult {
    std::uint32_t eax, ebx, ecx, edx;
};
inline CpuidResult cpuid(std::uint32_t leaf, std::uint32_t subleaf = 0) {
    CpuidResult r;
    asm volatile("cpuid"
                 : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx)
                 : "a"(leaf), "c"(subleaf));
    return r;
}

/// Put it where it is wanted, in its two halves, as they come: a compiler would join them first.
inline void store_tsc(std::uint64_t& where) {
    auto* const half = reinterpret_cast<std::uint32_t*>(&where);
    asm volatile("rdtsc\n\tmovl %%eax, %0\n\tmovl %%edx, %1"
                 : "=m"(half[0]), "=m"(half[1])::"rax", "rdx");
}
inline std::uint64_t read_tsc() {
    std::uint32_t low, high;
    asm volatile("rdtsc" : "=a"(low), "=d"(high));
    return static_cast<std::uint64_t>(high) << 32 | low;
}

// ---- control registers -------------------------------------------------------------------------

inline std::uint64_t read_cr0() {
    std::uint64_t value;
    asm volatile("mov %%cr0, %0" : "=r"(value));
    return value;
}
inline void write_cr0(std::uint64_t value) {
    asm volatile("mov %0, %%cr0" ::"r"(value) : "memory");
}
inline std::uint64_t read_cr2() {
    std::uint64_t value;
    asm volatile("mov %%cr2, %0" : "=r"(value));
    return value;
}
inline void write_cr3(std::uint64_t value) {
    asm volatile("mov %0, %%cr3" ::"r"(value) : "memory");
}
/// In a value for CR3: translations under its number stay (Intel SDM volume 3, section 4.10.4).
constexpr std::uint64_t keep_translations = std::uint64_t{1} << 63;
/// All but global ones under this number.
inline void forget_translations(std::uint64_t number) {
    std::uint64_t const descriptor[2] = {number, 0};
    asm volatile("invpcid %0, %1" ::"m"(descriptor), "r"(std::uint64_t{1}) : "memory");
}
inline void write_cr4(std::uint64_t value) {
    asm volatile("mov %0, %%cr4" ::"r"(value) : "memory");
}
inline void write_xcr0(std::uint64_t value) {
    asm volatile("xsetbv" ::"c"(0), "a"(static_cast<std::uint32_t>(value)),
                 "d"(static_cast<std::uint32_t>(value >> 32)));
}

// ---- interrupts --------------------------------------------------------------------------------

inline void disable_interrupts() { asm volatile("cli" ::: "memory"); }
[[noreturn]] inline void halt() {
    disable_interrupts();
    while (true) asm volatile("hlt");
}
inline void pause() { asm volatile("pause"); }

} // namespace kernel::arch

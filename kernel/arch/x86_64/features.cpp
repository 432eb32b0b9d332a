#include <kernel/arch/x86_64/features.hpp>

#include <kernel/arch/x86_64/instructions.hpp>
#include <kernel/arch/x86_64/speculation.hpp>

namespace kernel::arch {
namespace {

constexpr bool bit(std::uint32_t word, unsigned number) { return (word >> number & 1) != 0; }

// Intel SDM volume 3, section 2.5.
namespace cr0 {
constexpr std::uint64_t protection = 1 << 0;
constexpr std::uint64_t monitor_coprocessor = 1 << 1;
constexpr std::uint64_t numeric_error = 1 << 5;
constexpr std::uint64_t write_protect = 1 << 16;
constexpr std::uint64_t paging = 1u << 31;
} // namespace cr0

namespace cr4 {
constexpr std::uint64_t physical_address_extension = 1 << 5;
constexpr std::uint64_t machine_check = 1 << 6;
constexpr std::uint64_t global_pages = 1 << 7;
constexpr std::uint64_t fxsave = 1 << 9;
constexpr std::uint64_t simd_exceptions = 1 << 10;
constexpr std::uint64_t umip = 1 << 11;
constexpr std::uint64_t fsgsbase = 1 << 16;
constexpr std::uint64_t pcid = 1 << 17;
constexpr std::uint64_t xsave = 1 << 18;
constexpr std::uint64_t smep = 1 << 20;
constexpr std::uint64_t smap = 1 << 21;

constexpr std::uint64_t needed = physical_address_extension | machine_check | global_pages |
                                 fxsave | simd_exceptions | fsgsbase | xsave;
} // namespace cr4

namespace efer {
constexpr std::uint64_t syscall = 1 << 0;
/// Enabled and active: to write the second as it is not is a fault (AMD APM volume 2, 3.1.7).
constexpr std::uint64_t long_mode = 1 << 8 | 1 << 10;
constexpr std::uint64_t no_execute = 1 << 11;
} // namespace efer

// Intel SDM volume 1, section 13.3.
namespace xcr0 {
constexpr std::uint64_t x87 = 1 << 0;
constexpr std::uint64_t sse = 1 << 1;
constexpr std::uint64_t avx = 1 << 2;
} // namespace xcr0

/// IA32_PAT, an entry a byte from PAT 0: write-back, write-combining (where reset puts write-
/// through), uncached unless an MTRR says write-combining, uncached; then the same again. Intel SDM
/// volume 3, section 12.12.
constexpr std::uint64_t page_attributes = 0x0007'0106'0007'0106;

} // namespace

Features Features::detect() {
    std::uint32_t const basic = cpuid(0).eax;
    auto const leaf1 = cpuid(1);
    auto const leaf7 = basic >= 7 ? cpuid(7) : CpuidResult{};
    auto const extended1 = cpuid(0x8000'0001); // boot.S has looked there

    Features f;
    if (!bit(leaf7.ebx, 0)) f.missing = "instructions for the segments' bases (FSGSBASE)";
    if (!bit(leaf1.ecx, 26)) f.missing = "XSAVE";
    if (!bit(extended1.edx, 11)) f.missing = "SYSCALL";
    if (!bit(extended1.edx, 20)) f.missing = "no-execute pages (NX)";

    f.control = cr4::needed;
    if (bit(leaf7.ecx, 2)) f.control |= cr4::umip;
    if (bit(leaf7.ebx, 7)) f.control |= cr4::smep;
    if (bit(leaf7.ebx, 20)) f.control |= cr4::smap;
    f.pcid = bit(leaf1.ecx, 17) && bit(leaf7.ebx, 10); // INVPCID
    if (f.pcid) f.control |= cr4::pcid;

    f.extended_state = xcr0::x87 | xcr0::sse;
    if (basic >= 0xd && bit(leaf1.ecx, 28)) f.extended_state |= cpuid(0xd).eax & xcr0::avx;

    f.huge_pages = bit(extended1.edx, 26);
    f.rdtscp = bit(extended1.edx, 27);
    if (cpuid(0x8000'0000).eax >= 0x8000'0008)
        f.physical_bits = static_cast<std::uint8_t>(cpuid(0x8000'0008).eax);
    return f;
}

void enable(Features const& f) {
    write_msr(Msr::efer, efer::syscall | efer::long_mode | efer::no_execute);

    // Not changes of what was there, but all of it: the caches are on, and protection keys stay
    // off.
    write_cr0(cr0::protection | cr0::monitor_coprocessor | cr0::numeric_error | cr0::write_protect |
              cr0::paging);
    write_cr4(f.control);
    write_msr(Msr::page_attributes, page_attributes);
    write_xcr0(f.extended_state);
    confine_predictions();
}

} // namespace kernel::arch

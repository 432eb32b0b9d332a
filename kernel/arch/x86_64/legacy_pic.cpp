#include <kernel/arch/x86_64/legacy_pic.hpp>

#include <kernel/arch/x86_64/instructions.hpp>
#include <kernel/arch/x86_64/vectors.hpp>

namespace kernel::arch {

void disable_legacy_pic() {
    constexpr std::uint16_t first_command = 0x20, first_data = 0x21;
    constexpr std::uint16_t second_command = 0xa0, second_data = 0xa1;

    // The four initialisation words. Masked lines can still raise spurious interrupts (number 7 of
    // each), which must not look like exceptions: hence the vectors.
    out8(first_command, 0x11);
    out8(second_command, 0x11);
    out8(first_data, vector::legacy);
    out8(second_data, vector::legacy + 8);
    out8(first_data, 1 << 2); // the second one hangs on line 2
    out8(second_data, 2);
    out8(first_data, 0x01);
    out8(second_data, 0x01);
    out8(first_data, 0xff);
    out8(second_data, 0xff);
}

} // namespace kernel::arch

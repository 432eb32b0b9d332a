#pragma once
// The tables by which the processor finds its segments, stacks and handlers: GDT, TSS, IDT. One set
// of GDT and TSS per processor, one IDT for all.

#include <array>
#include <cstddef>
#include <cstdint>

namespace kernel::arch {

/// SYSRET takes user SS and CS from one base (STAR 48-63): base + 8 and base + 16, which is why
/// data comes before code (Intel SDM volume 2, SYSRET).
namespace selector {
constexpr std::uint16_t kernel_code = 0x08;
constexpr std::uint16_t kernel_data = 0x10;
constexpr std::uint16_t user_base = 0x18; ///< where 32-bit user code would be
constexpr std::uint16_t user_data = 0x20 | 3;
constexpr std::uint16_t user_code = 0x28 | 3;
constexpr std::uint16_t task = 0x30;
} // namespace selector

/// The task state segment (Intel SDM volume 3, section 8.7), which holds stack pointers, and the
/// bitmap of the ports that user mode may use: a set bit forbids.
struct [[gnu::packed]] Tss {
    static constexpr std::size_t bitmap_bytes = 8192;

    std::uint32_t reserved0 = 0;
    std::uint64_t rsp0 = 0; ///< the stack on which an entry from user mode begins
    std::uint64_t rsp1 = 0, rsp2 = 0;
    std::uint64_t reserved1 = 0;
    std::array<std::uint64_t, 7> ist{};
    std::uint64_t reserved2 = 0;
    std::uint16_t reserved3 = 0;
    std::uint16_t bitmap_offset;
    std::array<std::uint8_t, bitmap_bytes> bitmap;
    std::uint8_t end_of_bitmap = 0xff; ///< the processor may read one byte past the last port's

    Tss();

    /// Whether the bitmap counts. Otherwise it lies beyond the segment, and no port is allowed.
    void use_bitmap(bool yes) {
        bitmap_offset = static_cast<std::uint16_t>(yes ? offset_of_bitmap : sizeof(Tss));
    }
    static constexpr std::size_t offset_of_bitmap = 104;
};
static_assert(offsetof(Tss, rsp0) == 4 && offsetof(Tss, ist) == 36);
static_assert(offsetof(Tss, bitmap_offset) == 102 &&
              offsetof(Tss, bitmap) == Tss::offset_of_bitmap);

/// What one processor needs for itself, in whole pages. It must not move once it is loaded.
class alignas(4096) Descriptors {
public:
    /// Where the stacks of the processor's number begin, and that for entries from user mode (their
    /// highest addresses).
    Descriptors(std::uint64_t entry_stack, std::uint32_t processor);

    /// Make them the calling processor's, with the common IDT. FS and GS bases become 0.
    void load();

    Tss& tss() { return tss_; }

    std::uint8_t apic = 0; ///< identifier of the processor's local APIC

    /// Let user mode use a range of ports, or none at all any more.
    void allow_ports(std::uint32_t first, std::uint32_t count);
    void clear_ports();

private:
    /// Null, kernel code and data, user 32-bit code (none), data, code, and the TSS in two entries.
    std::array<std::uint64_t, 8> gdt_;
    Tss tss_;
    /// The bytes of the bitmap that may allow something: the rest need not be cleared again.
    std::uint32_t open_begin_ = 0;
    std::uint32_t open_end_ = 0;
};

/// Fill the IDT with the ways of one kind, and where it lies: a page.
std::byte const* prepare_interrupt_table(bool isolated);
/// For the calling processor; Descriptors::load() does it, too.
void load_interrupt_table();

/// Point the calling processor's SYSCALL at the kernel: `entry` runs with interrupts off and every
/// flag cleared that a program could set against us.
void prepare_syscall(std::uint64_t entry);

} // namespace kernel::arch

#include <kernel/arch/x86_64/descriptors.hpp>

#include <kernel/arch/x86_64/instructions.hpp>
#include <kernel/arch/x86_64/kernel_stack.hpp>
#include <kernel/arch/x86_64/vectors.hpp>

// entry.S: the entry of vector n is 16 * n bytes in.
extern "C" std::byte const stubs_shared[256][16], stubs_isolated[256][16];

namespace kernel::arch {
namespace {

// Segment descriptors in long mode: only these bits count (Intel SDM volume 3, section 3.4.5).
constexpr std::uint64_t segment = 1ull << 47 | 1ull << 44; // present, not a system segment
constexpr std::uint64_t code = segment | 1ull << 53 | 1ull << 43 | 1ull << 41; // 64-bit
constexpr std::uint64_t data = segment | 1ull << 41;
constexpr std::uint64_t user = 3ull << 45;
constexpr std::uint64_t available_tss = 1ull << 47 | 9ull << 40;

/// A gate of the IDT (Intel SDM volume 3, section 6.14.1).
struct Gate {
    std::uint16_t offset_low = 0;
    std::uint16_t selector = 0;
    std::uint8_t stack = 0;
    std::uint8_t attributes = 0;
    std::uint16_t offset_middle = 0;
    std::uint32_t offset_high = 0;
    std::uint32_t reserved = 0;
};
static_assert(sizeof(Gate) == 16);

constexpr std::uint8_t interrupt_gate = 0x8e; // present; interrupts are off inside
constexpr std::uint8_t from_user_mode = 3 << 5;

/// All processors share it; it is written once and then read only by hardware.
alignas(4096) constinit std::array<Gate, 256> interrupt_table;

struct [[gnu::packed]] TablePointer {
    std::uint16_t limit;
    void const* base;
};

/// Events that can come at any moment, even on a bad stack, have their own. Its number is its entry
/// in the interrupt stack table; the normal one has none.
StackUse stack_of(std::size_t number) {
    switch (number) {
    case vector::double_fault: return StackUse::double_fault;
    case vector::non_maskable: return StackUse::non_maskable;
    case vector::machine_check: return StackUse::machine_check;
    default: return StackUse::normal;
    }
}

} // namespace

Tss::Tss() {
    bitmap.fill(0xff);
    use_bitmap(false);
}

void load_interrupt_table() {
    TablePointer const idt{sizeof(interrupt_table) - 1, interrupt_table.data()};
    asm volatile("lidt %0" ::"m"(idt));
}

Descriptors::Descriptors(std::uint64_t entry_stack, std::uint32_t processor) {
    tss_.rsp0 = entry_stack;
    for (std::size_t use = 1; use < stack_uses; use++)
        tss_.ist[use - 1] = KernelStack{processor, static_cast<StackUse>(use)}.top();

    auto const base = reinterpret_cast<std::uint64_t>(&tss_);
    constexpr std::uint64_t limit = sizeof(Tss) - 1;
    std::uint64_t const task_low =
        available_tss | (limit & 0xffff) | (base & 0xff'ffff) << 16 | (base >> 24 & 0xff) << 56;
    gdt_ = {0, code, data, 0, data | user, code | user, task_low, base >> 32};
}

void Descriptors::load() {
    TablePointer const gdt{sizeof(gdt_) - 1, gdt_.data()};
    asm volatile("lgdt %0" ::"m"(gdt));
    load_interrupt_table();
    // Only SS and CS matter in long mode; FS and GS must not carry what a loader had. Reset leaves
    // a local table at address 0 (Intel SDM volume 3, table 10-1), where a program could write
    // gates to ring 0. LTR marks the descriptor busy: the constructor's is fresh.
    asm volatile("mov %w0, %%ds\n\t"
                 "mov %w0, %%es\n\t"
                 "mov %w0, %%ss\n\t"
                 "mov %w2, %%fs\n\t"
                 "mov %w2, %%gs\n\t"
                 "lldt %w2\n\t"
                 "pushq %1\n\t"
                 "leaq 1f(%%rip), %%rax\n\t"
                 "pushq %%rax\n\t"
                 "lretq\n"
                 "1:"
                 :
                 : "r"(std::uint32_t{selector::kernel_data}), "i"(selector::kernel_code), "r"(0)
                 : "rax", "memory");
    asm volatile("ltr %w0" ::"r"(std::uint32_t{selector::task}));
}

std::byte const* prepare_interrupt_table(bool isolated) {
    auto const* const stubs = isolated ? stubs_isolated : stubs_shared;
    for (std::size_t n = 0; n < interrupt_table.size(); n++) {
        auto const entry = reinterpret_cast<std::uint64_t>(&stubs[n]);
        std::uint8_t const ring = n == vector::breakpoint ? from_user_mode : std::uint8_t{0};
        interrupt_table[n] = {
            .offset_low = static_cast<std::uint16_t>(entry),
            .selector = selector::kernel_code,
            .stack = static_cast<std::uint8_t>(stack_of(n)),
            .attributes = static_cast<std::uint8_t>(interrupt_gate | ring),
            .offset_middle = static_cast<std::uint16_t>(entry >> 16),
            .offset_high = static_cast<std::uint32_t>(entry >> 32),
        };
    }
    return reinterpret_cast<std::byte const*>(&interrupt_table);
}

void prepare_syscall(std::uint64_t entry) {
    // STAR: the kernel's pair from bit 32 (CS, SS = CS + 8), the user's base from bit 48.
    write_msr(Msr::star, std::uint64_t{selector::user_base | 3} << 48 |
                             std::uint64_t{selector::kernel_code} << 32);
    write_msr(Msr::lstar, entry);

    // TF, IF, DF, IOPL, NT, AC (which would open user pages to the kernel under SMAP).
    constexpr std::uint64_t masked_flags = 1 << 8 | 1 << 9 | 1 << 10 | 3 << 12 | 1 << 14 | 1 << 18;
    write_msr(Msr::sfmask, masked_flags);
    write_msr(Msr::sysenter_cs, 0); // SYSENTER is a fault
}

} // namespace kernel::arch

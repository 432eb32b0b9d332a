// Instructions that are not a user's, and jumps to where there is nothing: each must end as a
// message to the keeper, with the number of the exception that the manual says.

#include <tests/attack/attacks.hpp>

#include <tests/attack/outcome.hpp>
#include <tests/attack/victim.hpp>

namespace attack {

namespace {

using abi::MessageKind;
using abi::Word;

enum Vector : Word {
    divide = 0,
    breakpoint = 3,
    invalid_opcode = 6,
    not_available = 7,
    not_present = 11,
    stack_fault = 12,
    protection = 13,
    page_fault = 14,
    alignment_check = 17,
};

struct Trick {
    std::string_view name;
    void (*function)(Word);
    Word vector;
    Word other = vector; ///< also right
};

#define TRICK(name, code)                                                                          \
    void name(Word argument) {                                                                     \
        asm volatile(code : : "a"(argument), "d"(0x70) : "memory", "cc", "rcx", "rbx");            \
        for (;;) {                                                                                 \
        }                                                                                          \
    }
TRICK(halt, "hlt")
TRICK(clear_interrupts, "cli")
TRICK(set_interrupts, "sti")
TRICK(read_port, "inb %%dx, %%al")
TRICK(write_port, "outb %%al, %%dx")
TRICK(write_port_string, "leaq -64(%%rsp), %%rsi; outsb")
TRICK(read_msr, "movl $0xc0000082, %%ecx; rdmsr")
TRICK(write_msr, "movl $0xc0000082, %%ecx; wrmsr")
TRICK(write_space, "movq %%rax, %%cr3")
TRICK(read_control, "movq %%cr0, %%rax")
TRICK(write_control_8, "movq %%rax, %%cr8")
TRICK(write_debug, "movq %%rax, %%dr7")
TRICK(load_gdt, "lgdt -64(%%rsp)")
TRICK(load_idt, "lidt -64(%%rsp)")
TRICK(load_task, "ltr %%ax")
TRICK(load_ldt, "lldt %%ax")
TRICK(store_idt, "sidt -64(%%rsp)")
TRICK(store_gdt, "sgdt -64(%%rsp)")
TRICK(store_machine, "smsw %%ax")
TRICK(flush_page, "invlpg (%%rsp)")
TRICK(flush_caches, "wbinvd")
TRICK(clear_task_switched, "clts")
TRICK(set_extended_control, "xorl %%ecx, %%ecx; xsetbv")
TRICK(swap_gs, "swapgs")
TRICK(system_return, "sysretq")
TRICK(system_enter, "sysenter")
TRICK(undefined, "ud2")
TRICK(break_here, "int3")
TRICK(gate_80, "int $0x80")
TRICK(gate_page_fault, "int $14")
TRICK(gate_double_fault, "int $8")
TRICK(gate_timer, "int $0x20")
TRICK(gate_last, "int $0xff")
TRICK(divide_by_zero, "xorl %%ebx, %%ebx; xorl %%edx, %%edx; divl %%ebx")
TRICK(jump_hole, "movabsq $0x0000800000000000, %%rax; jmpq *%%rax")
TRICK(jump_kernel, "movabsq $0xffffffff80000000, %%rax; jmpq *%%rax")
TRICK(jump_nothing, "xorl %%eax, %%eax; jmpq *%%rax")
TRICK(read_hole, "movabsq $0x0000800000000000, %%rax; movq (%%rax), %%rbx")
TRICK(read_kernel, "movabsq $0xffff800000000000, %%rax; movq (%%rax), %%rbx")
TRICK(write_kernel, "movabsq $0xffffffff80100000, %%rax; movq %%rbx, (%%rax)")
TRICK(write_code, "leaq 0f(%%rip), %%rax; 0: movq %%rbx, (%%rax)")
TRICK(run_stack, "movw $0xfeeb, -64(%%rsp); leaq -64(%%rsp), %%rax; jmpq *%%rax")
TRICK(push_hole, "movabsq $0x0001000000000000, %%rsp; pushq %%rax")
TRICK(return_bad_frame,
      "pushq $0; pushq $0; pushq $2; pushq $0x08; pushq $0; iretq") // the kernel's code segment
TRICK(return_to_hole, "movq %%rsp, %%rbx; movq %%ss, %%rcx; pushq %%rcx; pushq %%rbx; pushq $2;"
                      "movq %%cs, %%rcx; pushq %%rcx; movabsq $0x0000800000000000, %%rax;"
                      "pushq %%rax; iretq")
TRICK(load_kernel_segment, "movw $0x10, %%ax; movw %%ax, %%ds")
TRICK(load_wild_segment, "movw $0xfff8, %%ax; movw %%ax, %%es")
TRICK(load_local_segment, "movw $0x0f, %%ax; movw %%ax, %%ds") // of a table that nobody gave it
TRICK(use_vector_registers, "xorps %%xmm0, %%xmm0")
#undef TRICK

constexpr Trick tricks[] = {
    {"hlt", halt, protection},
    {"cli", clear_interrupts, protection},
    {"sti", set_interrupts, protection},
    {"in", read_port, protection},
    {"out", write_port, protection},
    {"outs", write_port_string, protection},
    {"rdmsr", read_msr, protection},
    {"wrmsr", write_msr, protection},
    {"mov-cr3", write_space, protection},
    {"mov-from-cr0", read_control, protection},
    {"mov-cr8", write_control_8, protection},
    {"mov-dr7", write_debug, protection},
    {"lgdt", load_gdt, protection},
    {"lidt", load_idt, protection},
    {"ltr", load_task, protection},
    {"lldt", load_ldt, protection},
    {"sidt", store_idt, protection},
    {"sgdt", store_gdt, protection},
    {"smsw", store_machine, protection},
    {"invlpg", flush_page, protection},
    {"wbinvd", flush_caches, protection},
    {"clts", clear_task_switched, protection},
    {"xsetbv", set_extended_control, protection},
    {"swapgs", swap_gs, protection},
    {"sysret", system_return, protection},
    {"sysenter", system_enter, protection, invalid_opcode},
    {"ud2", undefined, invalid_opcode},
    {"int3", break_here, breakpoint},
    {"int-80", gate_80, protection, not_present},
    {"int-14", gate_page_fault, protection, not_present},
    {"int-8", gate_double_fault, protection, not_present},
    {"int-20", gate_timer, protection, not_present},
    {"int-ff", gate_last, protection, not_present},
    {"divide", divide_by_zero, divide},
    {"jump-non-canonical", jump_hole, protection},
    {"jump-kernel", jump_kernel, page_fault},
    {"jump-nothing", jump_nothing, page_fault},
    {"read-non-canonical", read_hole, protection},
    {"read-kernel", read_kernel, page_fault},
    {"write-kernel", write_kernel, page_fault},
    {"write-code", write_code, page_fault},
    {"run-stack", run_stack, page_fault},
    {"push-non-canonical", push_hole, stack_fault, protection}, // so QEMU
    // QEMU before 9.1 reads the frame as if it were ring 0, which SMAP then forbids.
    {"iret-bad-segment", return_bad_frame, protection, page_fault},
    {"iret-non-canonical", return_to_hole, protection, page_fault},
    {"load-kernel-segment", load_kernel_segment, protection},
    {"load-wild-segment", load_wild_segment, protection},
    {"load-local-segment", load_local_segment, protection},
    {"vector-registers-of-the-fpu-free", use_vector_registers, not_available},
};

} // namespace

void attack_instructions() {
    lab::OwnImage const image;
    for (auto const& trick : tricks) {
        runtime::Line name;
        name.put("attack/instructions/{}", trick.name);
        Outcome outcome(name.text());
        Victim victim(image, trick.function, 0);
        victim.start();
        auto const message = victim.hear();
        outcome.expect(message.has_value(), "the keeper hears nothing");
        if (!message) continue;
        auto const kind = message->tag.kind();
        auto const vector = kind == MessageKind::page_fault  ? Word{page_fault}
                            : kind == MessageKind::exception ? message->words[0]
                                                             : ~Word{0};
        runtime::Line what;
        what.put("vector {} instead of {}", vector, trick.vector);
        outcome.expect(vector == trick.vector || vector == trick.other, what.text());
    }
}

} // namespace attack

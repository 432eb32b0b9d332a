// How every processor but the first begins: in real mode, at a page below 1 MiB into which
// processors.cpp has copied what lies between trampoline_begin and trampoline_end. One at a time, on
// the tables, descriptors and stack of boot.S.

.set kernel_base, 0xffffffff80000000

    .section .rodata.trampoline, "a", @progbits
    .code16
    .globl trampoline_begin
trampoline_begin:
    cli
    cld
    movw %cs, %ax
    movw %ax, %ds
    lgdtl trampoline_gdt_pointer - trampoline_begin

    // Straight into long mode: Intel SDM volume 3, section 10.8.5. INIT has left the caches off.
    movl $0x20, %eax                 // PAE
    movl %eax, %cr4
    movl $(boot_tables - kernel_base), %eax
    movl %eax, %cr3
    movl $0xc0000080, %ecx           // IA32_EFER
    rdmsr
    orl $0x100, %eax                 // LME
    wrmsr
    movl $0x80000011, %eax           // PG, ET, PE
    movl %eax, %cr0
    ljmpl $8, $(start_long - kernel_base)

trampoline_gdt_pointer:
    .short 23
    .long boot_gdt - kernel_base
    .globl trampoline_end
trampoline_end:

    .text
    .code64
// On the identity part of the boot tables, for as long as it takes to get to the kernel's addresses.
start_long:
    movl $16, %eax
    movl %eax, %ds
    movl %eax, %es
    movl %eax, %ss
    xorl %eax, %eax
    movl %eax, %fs
    movl %eax, %gs
    movabsq $start_high, %rax
    jmp *%rax
start_high:
    leaq boot_stack_top(%rip), %rsp
    xorl %ebp, %ebp                  // the end of every backtrace
    call kernel_start_processor
    ud2

// From the boot loader to C++: the two entries (PVH, multiboot2) in 32-bit protected mode without
// paging, the first page tables, long mode, the jump to the kernel's own addresses. Every other processor
// begins in real mode and comes the rest of the way on the same tables, descriptors and stack, one at a time.
//
// The first page tables map physical 0 to 4 GiB three times, with 2 MiB pages that allow everything:
//
//   0                     identity, until the jump
//   0xffff800000000000    the place of the direct map, so that C++ uses its final addresses at once
//   0xffffffff80000000    the kernel (1 GiB of it)
//
// kernel_space.cpp builds the final tables; what is here then serves only the other processors, when they start.

.set kernel_base, 0xffffffff80000000
.set boot_protocol_pvh, 0            // kernel/start/loader.hpp: BootProtocol
.set boot_protocol_multiboot2, 1
.set another_processor, 2            // is started by this one

// What every 64-bit processor has, and compiled code takes for granted: FPU, TSC, MSR, PAE, CX8, APIC,
// PGE, CMOV, PAT, FXSR, SSE, SSE2 (CPUID 1, EDX); long mode (CPUID 0x80000001, EDX).
.set baseline, 1<<0 | 1<<4 | 1<<5 | 1<<6 | 1<<8 | 1<<9 | 1<<13 | 1<<15 | 1<<16 | 1<<24 | 1<<25 | 1<<26
.set long_mode, 1<<29
.set debug_port, 0xe9                // log_port.cpp

// All but CR0's PG, which is the last (Intel SDM volume 3, section 10.8.5), in 32-bit code as in 16-bit code.
// EAX: what CR4 is to be.
.macro prepare_long_mode
    movl %eax, %cr4
    movl $(boot_tables - kernel_base), %eax
    movl %eax, %cr3
    movl $0xc0000080, %ecx           // IA32_EFER
    rdmsr
    orl $0x100, %eax                 // LME
    wrmsr
.endm

// ---- what loaders look for ---------------------------------------------------------------------

// PVH (Xen, QEMU -kernel): the note XEN_ELFNOTE_PHYS32_ENTRY names the entry.
    .section .note.pvh, "a", @note
    .align 4
    .long 4, 4, 18
    .asciz "Xen"
    .long pvh_entry - kernel_base

// Multiboot2 (specification 2.0, section 3.1): within the first 32 KiB of the file, 8-aligned.
    .section .boot.header, "a", @progbits
    .align 8
multiboot2_header:
    .long 0xe85250d6                 // magic
    .long 0                          // i386, protected mode
    .long multiboot2_header_end - multiboot2_header
    .long -(0xe85250d6 + (multiboot2_header_end - multiboot2_header))
    .align 8
    .short 1, 0                      // required: memory map (6), modules (3)
    .long 16
    .long 3, 6
    .align 8
    .short 3, 0                      // entry address
    .long 12
    .long multiboot2_entry - kernel_base
    .align 8
    .short 6, 0                      // modules start on page boundaries
    .long 8
    .align 8
    .short 5, 1                      // optional: a framebuffer of any size
    .long 20
    .long 0, 0, 0
    .align 8
    .short 0, 0                      // end
    .long 8
multiboot2_header_end:

// ---- 32-bit code, at physical addresses --------------------------------------------------------

    .section .boot, "ax", @progbits
    .code32
// EBX: physical address of hvm_start_info. Interrupts are off, segments are flat.
    .globl pvh_entry
pvh_entry:
    movl $boot_protocol_pvh, %ebp
    jmp enter

// EBX: physical address of the multiboot2 information.
multiboot2_entry:
    movl $boot_protocol_multiboot2, %ebp

enter:
    rdtsc
    movl %eax, boot_tsc - kernel_base
    movl %edx, boot_tsc - kernel_base + 4
    cli
    cld

    movl %ebx, %esi                  // CPUID takes EBX
    movl $1, %eax
    cpuid
    andl $baseline, %edx
    cmpl $baseline, %edx
    jne refuse
    movl $0x80000000, %eax
    cpuid
    cmpl $0x80000001, %eax
    jb refuse
    movl $0x80000001, %eax
    cpuid
    testl $long_mode, %edx
    jz refuse
    movl %esi, %ebx

    // 2048 pages of 2 MiB: four page directories, one after the other.
    movl $(directories - kernel_base), %edi
    movl $0x83, %eax                 // present, writable, large
    xorl %ecx, %ecx
1:  movl %eax, (%edi,%ecx,8)
    addl $0x200000, %eax
    incl %ecx
    cmpl $2048, %ecx
    jb 1b

    movl $(pointers_low - kernel_base), %edi
    movl $(directories - kernel_base + 3), %eax
    xorl %ecx, %ecx
2:  movl %eax, (%edi,%ecx,8)
    addl $4096, %eax
    incl %ecx
    cmpl $4, %ecx
    jb 2b

    movl $(directories - kernel_base + 3), pointers_high - kernel_base + 510*8
    movl $(pointers_low - kernel_base + 3), boot_tables - kernel_base
    movl $(pointers_low - kernel_base + 3), boot_tables - kernel_base + 256*8
    movl $(pointers_high - kernel_base + 3), boot_tables - kernel_base + 511*8

    movl $0x20, %eax                 // PAE, and nothing that a loader has left, as five levels
    prepare_long_mode
    movl %cr0, %eax
    orl $0x80000001, %eax            // PG, PE
    movl %eax, %cr0
    lgdt boot_gdt_pointer - kernel_base
    ljmp $8, $(enter_long - kernel_base)

// Too early for the log: a sentence to the emulator's debug console and to the first serial line, as
// firmware left it.
refuse:
    movl $(refusal - kernel_base), %esi
3:  lodsb
    testb %al, %al
    jz 5f
    outb %al, $debug_port
    movb %al, %ah
    movl $0x10000, %ecx              // that long at most, where there is no such line
    movw $0x3fd, %dx
4:  inb %dx, %al
    testb $0x20, %al                 // it can take a byte
    loopz 4b
    movb %ah, %al
    movw $0x3f8, %dx
    outb %al, %dx
    jmp 3b
5:  hlt
    jmp 5b

// ---- 64-bit code -------------------------------------------------------------------------------

    .code64
enter_long:
    movabsq $enter_high, %rax
    jmp *%rax

enter_high:
    leaq boot_stack_top(%rip), %rsp
    pushq $2                         // loaders may leave NT, which the first IRET would not bear
    popfq
    movl %ebp, %edi
    movl %ebx, %esi
    xorl %ebp, %ebp                  // the end of every backtrace
    cmpl $another_processor, %edi
    je 6f
    call kernel_boot
6:  call kernel_start_processor
    ud2

// ---- 16-bit code: other processors ---------------------------------------------------------------

// In real mode, at a page below 1 MiB into which processors.cpp has copied what lies between
// trampoline_begin and trampoline_end.
    .section .rodata.trampoline, "a", @progbits
    .code16
    .globl trampoline_begin
trampoline_begin:
    cli
    cld
    movw %cs, %ax
    movw %ax, %ds
    lgdtl trampoline_gdt_pointer - trampoline_begin

    // Straight into long mode. INIT has left the caches off.
    movl $0x20, %eax                 // PAE
    prepare_long_mode
    movl $0x80000011, %eax           // PG, ET, PE
    movl %eax, %cr0
    movl $another_processor, %ebp
    ljmpl $8, $(enter_long - kernel_base)

trampoline_gdt_pointer:
    .short 23
    .long boot_gdt - kernel_base
    .globl trampoline_end
trampoline_end:

    .section .rodata.boot, "a", @progbits
    .align 8
boot_gdt:
    .quad 0, 0x00af9a000000ffff, 0x00cf92000000ffff
boot_gdt_pointer:
    .short 23
    .long boot_gdt - kernel_base
refusal:
    .asciz "Skerry can't start here: the processor lacks what every 64-bit processor has\r\n"

    .section .data.boot, "aw", @progbits
    .align 8
// The time stamp at entry. Here and not in .bss: it is written before anything else happens.
    .globl boot_tsc
boot_tsc:
    .quad 0

    .section .bss.boot, "aw", @nobits
    .align 4096
boot_tables:
    .skip 4096
pointers_low:
    .skip 4096
pointers_high:
    .skip 4096
directories:
    .skip 4 * 4096
boot_stack:
    .skip 16384
boot_stack_top:

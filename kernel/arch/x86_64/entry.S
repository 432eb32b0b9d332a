// The ways into the kernel and out of it. Every entry from user mode saves all registers into the
// current thread's Frame: SYSCALL by switching the stack pointer to the frame's end, exceptions and
// interrupts from the processor's entry page, where the processor has pushed its part. C++ then runs on the
// processor's own stack and returns the thread that runs now; its frame is loaded and user mode entered.
//
//   user --SYSCALL--> syscall_entry --.                          .--> SYSRET (entered by SYSCALL)
//                                      >-- frame -- C++ -- leave
//   user --vector---> stub -- trap ---'                          '--> IRET   (everything else)
//
// A message that takes the fast path (call/dispatch.hpp) has a way out of its own, on which the bases of
// the segments are exchanged.
//
// There are two sets of ways. Where user mode must not have the kernel's pages in its tables (isolation.hpp), the
// `isolated` ones change the tables on the way in and out; they and the entry page are what both tables have.
//
// Interrupts are off in the kernel but for the idle loop, which keeps nothing on its stack.

#include <kernel/arch/x86_64/offsets.h>

.macro save_kept
    pushq %rdi
    pushq %rsi
    pushq %rdx
    pushq %rax
    pushq %r8
    pushq %r9
    pushq %r10
    pushq %rbx
    pushq %rbp
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
.endm

.macro load_kept
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbp
    popq %rbx
    popq %r10
    popq %r9
    popq %r8
    popq %rax
    popq %rdx
    popq %rsi
    popq %rdi
.endm

// All of them: SYSCALL loses RCX and R11, an interrupt must not.
.macro save_general
    save_kept
    pushq %r11
    pushq %rcx
.endm

.macro load_general
    popq %rcx
    popq %r11
    load_kept
.endm

// From the tables that user mode has to the kernel's. Interrupts are off: nobody sees the one with the other.
.macro to_kernel_tables lost
    movq kernel_tables(%rip), \lost
    movq \lost, %cr3
.endm

// And back. RSP is lost.
.macro to_user_tables
    movq %gs:PROCESSOR_USER_TABLES, %rsp
    movq %rsp, %cr3
.endm

// Straight back to where SYSCALL was. RSP: behind the frame's saved registers.
.macro return_by_sysret kind
    load_kept
    // SYSRET faults in ring 0 if RCX is not canonical. It is: SYSCALL puts it there, and the last
    // page of the user half is never mapped; frames that others wrote leave by IRET.
    movq FRAME_RIP - FRAME_VECTOR(%rsp), %rcx
    movq FRAME_RFLAGS - FRAME_VECTOR(%rsp), %r11
    movq FRAME_RSP - FRAME_VECTOR(%rsp), %rsp
    .ifc \kind, isolated
    movq %rsp, %gs:PROCESSOR_USER_RSP
    to_user_tables
    movq %gs:PROCESSOR_USER_RSP, %rsp
    .endif
.endm

// RCX: return address, R11: RFLAGS; RSP is still the user's. SFMASK has cleared IF, DF, TF, AC, NT.
// Afterwards the thread is in R12, where preserve_none has the first argument.
.macro save_caller kind
    swapgs
    movq %rsp, %gs:PROCESSOR_USER_RSP
    .ifc \kind, isolated
    to_kernel_tables %rsp
    .endif
    movq %gs:PROCESSOR_CURRENT, %rsp
    addq $(FRAME_OFFSET + FRAME_VECTOR + 8), %rsp
    // CS, SS and the error code stay as they are: SYSRET needs none of them.
    movq %rcx, FRAME_RIP - FRAME_VECTOR - 8(%rsp)
    movq %r11, FRAME_RFLAGS - FRAME_VECTOR - 8(%rsp)
    movq %gs:PROCESSOR_USER_RSP, %rcx
    movq %rcx, FRAME_RSP - FRAME_VECTOR - 8(%rsp)
    pushq $VECTOR_SYSCALL
    save_kept
    leaq -(FRAME_OFFSET + 16)(%rsp), %r12
    movq %gs:PROCESSOR_STACK, %rsp
.endm

// The fast path for one kind of message, behind the processor's gate. RAX: the thread that runs now, in place
// of the one in RDX; or null, and nothing has happened.
.macro message path kind
    lock btsl $0, %gs:PROCESSOR_GATE
    jc 4f
3:  call kernel_\path
    testq %rax, %rax
    jz message_failed_\kind
    movq %gs:0, %rsi
    rdfsbase %rcx
    movq %rcx, THREAD_FS_BASE(%rdx)
    movq THREAD_FS_BASE(%rax), %rcx
    wrfsbase %rcx
    swapgs // from here on GS is the user's
    rdgsbase %rcx
    movq %rcx, THREAD_FS_BASE + 8(%rdx)
    movq THREAD_FS_BASE + 8(%rax), %rcx
    wrgsbase %rcx
    movl $0, PROCESSOR_GATE(%rsi) // as Gate::leave
    .ifc \kind, isolated
    swapgs
    jmp leave_isolated
    .else
    cmpl $VECTOR_SYSCALL, FRAME_OFFSET + FRAME_VECTOR(%rax)
    jne message_to_iret
    leaq FRAME_OFFSET + 16(%rax), %rsp
    return_by_sysret shared
    sysretq
    .endif
4:  call kernel_gate_closed
    testq %rdx, %rdx
    jz leave_\kind
    movq %rdx, %r12
    jmp 3b
.endm

.macro ways kind
    .globl syscall_entry_\kind
    .p2align 6
syscall_entry_\kind:
    save_caller \kind
    cmpb $0, THREAD_FOREIGN(%r12)
    jne 1f
    shrq $32, %rax
    cmpl $CALL_ENDPOINT_CALL, %eax
    jne 2f
    message fast_call \kind
2:  cmpl $CALL_REPLY_RECEIVE, %eax
    jne other_call_\kind
    message fast_reply_receive \kind
1:  message fast_foreign_call \kind

message_failed_\kind:
    movl $0, %gs:PROCESSOR_GATE
    movq %rdx, %r12
other_call_\kind:
    xorl %ebp, %ebp
    call kernel_system_call

// RAX: the thread to run, or null. Nothing on this stack is wanted any more.
leave_\kind:
    testq %rax, %rax
    jz idle
    cmpl $VECTOR_SYSCALL, FRAME_OFFSET + FRAME_VECTOR(%rax)
    jne leave_by_iret_\kind
    leaq FRAME_OFFSET + 16(%rax), %rsp
    return_by_sysret \kind
    swapgs
    sysretq
leave_by_iret_\kind:
    leaq FRAME_OFFSET(%rax), %rsp
    load_general
    addq $16, %rsp
    .ifc \kind, isolated
    .irp from_end, 40, 32, 24, 16, 8
    popq %gs:PROCESSOR_ENTRY_END - \from_end
    .endr
    to_user_tables
    movq %gs:0, %rsp
    leaq PROCESSOR_ENTRY_END - 40(%rsp), %rsp
    .endif
    swapgs
    iretq

// ---- exceptions and interrupts -----------------------------------------------------------------

// On the stack: vector, error code, and what the processor pushed; from user mode it is the entry page's.
trap_common_\kind:
    testb $3, 24(%rsp)
    jz trap_in_kernel_\kind
    swapgs
    .ifc \kind, isolated
    pushq %rax
    to_kernel_tables %rax
    popq %rax
    movq $0, -8(%rsp)                 // others' programs may read this page
    .endif
    movq %gs:PROCESSOR_CURRENT, %rsp
    addq $FRAME_END, %rsp
    .irp from_end, 8, 16, 24, 32, 40, 48, 56
    pushq %gs:PROCESSOR_ENTRY_END - \from_end
    .endr
    save_general
    cld
    leaq -FRAME_OFFSET(%rsp), %r12 // preserve_none: the first argument
    movq %gs:PROCESSOR_STACK, %rsp
    xorl %ebp, %ebp
    call kernel_trap
    jmp leave_\kind

// From the idle loop, or a bug. The answer is the thread to run now, if there is one.
trap_in_kernel_\kind:
    save_general
    cld
    movq %rsp, %rdi
    call kernel_trap_in_kernel
    jmp leave_\kind

// NMI, double fault, machine check: on stacks of their own, at any moment, with GS and the tables unknown.
trap_on_own_stack_\kind:
    save_general
    cld
    movq %rsp, %rdi
    xorl %ebp, %ebp
    .ifc \kind, isolated
    movq %cr3, %rbx
    to_kernel_tables %rax
    .endif
    call kernel_trap_on_own_stack
    .ifc \kind, isolated
    movq %rbx, %cr3
    .endif
    load_general
    addq $16, %rsp
    iretq

    .globl stubs_\kind
    .p2align 6
stubs_\kind:
.set vector, 0
.rept 256
    .p2align 4
    // Intel SDM volume 3, table 7-1: those that push an error code.
    .if vector == 8 || (vector >= 10 && vector <= 14) || vector == 17 || vector == 21 || vector == 29 || vector == 30
    .else
    pushq $0
    .endif
    .byte 0x68                        // pushq imm32, in its long form for all
    .long vector
    .if vector == 2 || vector == 8 || vector == 18
    jmp trap_on_own_stack_\kind
    .else
    jmp trap_common_\kind
    .endif
    .set vector, vector + 1
.endr
.endm

    .text
    ways shared
message_to_iret:
    swapgs
    jmp leave_by_iret_shared

// ---- nobody to run -----------------------------------------------------------------------------

idle:
    movq %gs:PROCESSOR_STACK, %rsp
    sti                               // delayed by one instruction: none is lost before HLT
    hlt
    cli
    jmp idle

// ---- the first way out: start_user_mode(Thread*) ---------------------------------------------------

    .globl start_user_mode
start_user_mode:
    movq %rdi, %rax
    cmpq $0, kernel_tables(%rip)
    jne leave_isolated
    jmp leave_shared

// ---- what user mode's tables have of the kernel (kernel.ld aligns it) ----------------------------------

    .section .text.isolated, "ax", @progbits
    ways isolated
// CR3 for the kernel. Written before the pages of the image are protected; 0: the tables are shared.
    .globl kernel_tables
    .p2align 3
kernel_tables:
    .quad 0

// The ways into the kernel and out of it. Every entry from user mode saves all registers into the
// current thread's Frame: SYSCALL by switching the stack pointer to the frame's end, exceptions and
// interrupts because TSS.RSP0 points there. C++ then runs on the processor's own stack and returns
// the thread that runs now; its frame is loaded and user mode entered.
//
//   user --SYSCALL--> syscall_entry --.                          .--> SYSRET (entered by SYSCALL)
//                                      >-- frame -- C++ -- leave
//   user --vector---> stub -- trap ---'                          '--> IRET   (everything else)
//
// A message that takes the fast path (call/dispatch.hpp) has a way out of its own, on which the bases of
// the segments are exchanged.
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

// Straight back to where SYSCALL was. RSP: behind the frame's saved registers.
.macro return_by_sysret
    load_kept
    // SYSRET faults in ring 0 if RCX is not canonical. It is: SYSCALL puts it there, and the last
    // page of the user half is never mapped; frames that others wrote leave by IRET.
    movq FRAME_RIP - FRAME_VECTOR(%rsp), %rcx
    movq FRAME_RFLAGS - FRAME_VECTOR(%rsp), %r11
    movq FRAME_RSP - FRAME_VECTOR(%rsp), %rsp
.endm

// RCX: return address, R11: RFLAGS; RSP is still the user's. SFMASK has cleared IF, DF, TF, AC, NT.
// Afterwards the thread is in R12, where preserve_none has the first argument.
.macro save_caller
    swapgs
    movq %rsp, %gs:PROCESSOR_USER_RSP
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
.macro message path
    lock btsl $0, %gs:PROCESSOR_GATE
    jc 4f
3:  call kernel_\path
    testq %rax, %rax
    jz message_failed
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
    cmpl $VECTOR_SYSCALL, FRAME_OFFSET + FRAME_VECTOR(%rax)
    jne message_to_iret
    leaq FRAME_OFFSET + 16(%rax), %rsp
    return_by_sysret
    sysretq
4:  call kernel_gate_closed
    testq %rdx, %rdx
    jz leave
    movq %rdx, %r12
    jmp 3b
.endm

    .text
    .globl syscall_entry
    .p2align 6
syscall_entry:
    save_caller
    cmpb $0, THREAD_FOREIGN(%r12)
    jne 1f
    shrq $32, %rax
    cmpl $CALL_ENDPOINT_CALL, %eax
    jne 2f
    message fast_call
2:  cmpl $CALL_REPLY_RECEIVE, %eax
    jne other_call
    message fast_reply_receive
1:  message fast_foreign_call

message_failed:
    movl $0, %gs:PROCESSOR_GATE
    movq %rdx, %r12
other_call:
    xorl %ebp, %ebp
    call kernel_system_call

// RAX: the thread to run, or null. Nothing on this stack is wanted any more.
leave:
    testq %rax, %rax
    jz idle
    cmpl $VECTOR_SYSCALL, FRAME_OFFSET + FRAME_VECTOR(%rax)
    jne leave_by_iret
    leaq FRAME_OFFSET + 16(%rax), %rsp
    return_by_sysret
    swapgs
    sysretq
message_to_iret:
    swapgs
leave_by_iret:
    leaq FRAME_OFFSET(%rax), %rsp
    load_general
    addq $16, %rsp
    swapgs
    iretq

// ---- nobody to run -----------------------------------------------------------------------------

idle:
    movq %gs:PROCESSOR_STACK, %rsp
    sti
    hlt
    cli
    jmp idle

// ---- the first way out: start_user_mode(Thread*) ---------------------------------------------------

    .globl start_user_mode
start_user_mode:
    movq %rdi, %rax
    jmp leave

// ---- exceptions and interrupts -----------------------------------------------------------------

// On the stack: vector, error code, and what the processor pushed.
trap_common:
    testb $3, 24(%rsp)
    jz trap_in_kernel
    swapgs
    save_general
    cld
    leaq -FRAME_OFFSET(%rsp), %r12 // preserve_none: the first argument
    movq %gs:PROCESSOR_STACK, %rsp
    xorl %ebp, %ebp
    call kernel_trap
    jmp leave

// From the idle loop, or a bug. The answer is the thread to run now, if there is one.
trap_in_kernel:
    save_general
    cld
    movq %rsp, %rdi
    call kernel_trap_in_kernel
    jmp leave

// NMI, double fault, machine check: on stacks of their own, at any moment, with GS unknown.
trap_on_own_stack:
    save_general
    cld
    movq %rsp, %rdi
    xorl %ebp, %ebp
    call kernel_trap_on_own_stack
    load_general
    addq $16, %rsp
    iretq

    .section .text.stubs, "ax", @progbits
    .globl isr_stub_table
    .p2align 6
isr_stub_table:
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
    jmp trap_on_own_stack
    .else
    jmp trap_common
    .endif
    .set vector, vector + 1
.endr

// attack_raw(Raw*): a system call with every register as the caller says, keeping what C++ needs kept.
// The offsets are those of struct Raw in raw.hpp.

    .intel_syntax noprefix
    .text
    .globl attack_raw
    .type attack_raw, @function
attack_raw:
    push rbx
    push rbp
    push r12
    push r13
    push r14
    push r15
    push rdi
    mov rax, [rdi + 0]
    mov rsi, [rdi + 16]
    mov rdx, [rdi + 24]
    mov r10, [rdi + 32]
    mov r8, [rdi + 40]
    mov r9, [rdi + 48]
    mov r12, [rdi + 56]
    mov r13, [rdi + 64]
    mov rbx, [rdi + 72]
    mov r14, [rdi + 80]
    mov r15, [rdi + 88]
    mov rdi, [rdi + 8]
    syscall
    mov rcx, [rsp]
    mov [rcx + 0], rax
    mov [rcx + 8], rdi
    mov [rcx + 16], rsi
    mov [rcx + 24], rdx
    mov [rcx + 72], rbx
    mov [rcx + 80], r14
    pop rdi
    pop r15
    pop r14
    pop r13
    pop r12
    pop rbp
    pop rbx
    ret
    .size attack_raw, . - attack_raw

    .section .note.GNU-stack, "", @progbits

// The two loops that move bytes between the chip and a ring: the restartable windows. A driver may
// be killed before any instruction here, and its successor, which gets the registers it died with,
// must know whether a byte has passed the port. OUTS and INS answer that: they move the byte and
// the address register in one instruction, so the address register tells the truth at every moment.
//
//     register   while the window is open
//     R15        its magic number: "the registers below mean what this table says"
//     R9         the data port, which names the line
//     RBX        the ring position of a byte minus its address
//     RSI/RDI    the address of the next byte to send / of the next byte to receive
//
//     transmit                                    killed here: bytes gone      shared position
//     ---------------------------------------------------------------------------------------
//       ...  load RBX RSI R9                      none                         right
//       mov   R15, magic    -- window opens       none                         right
//       rep outsb                                 RSI says how many            behind
//       lea   RAX, [RSI + RBX]                    all                          behind
//       mov   [consumed], RAX                     all                          behind
//       xor   R15, R15      -- window closes      all                          right
//
// The successor completes the step by storing RSI + RBX (RDI + RBX) once more. That is a position and
// no increment, so it does no harm where it was stored already. Nothing depends on the address of
// the code: a successor may be another build.

#include <drivers/uart/window_magic.h>

    .intel_syntax noprefix
    .text

// size_t uart_transmit(uint16_t port, byte const* from, size_t count, uint64_t position,
//                      atomic<uint64_t>* consumed)
// Sends `count` bytes, whose first has ring position `position`, and stores the position after them.
    .globl uart_transmit
    .type uart_transmit, @function
uart_transmit:
    push r15
    push rbx
    mov r9d, edi
    mov rax, rdx
    mov rbx, rcx
    sub rbx, rsi
    mov rcx, rax
    mov edx, r9d
    movabs r15, UART_TRANSMIT_MAGIC
    rep outsb
    lea rcx, [rsi + rbx]
    mov [r8], rcx
    xor r15d, r15d
    pop rbx
    pop r15
    ret
    .size uart_transmit, . - uart_transmit

// size_t uart_receive(uint16_t port, byte* to, size_t room, uint64_t position,
//                     atomic<uint64_t>* produced)
// Stores up to `room` bytes, as long as the chip has some, the first at ring position `position`,
// and the position after each. Returns how many. The line status, at port + 5, has bit 0 set while
// a byte waits.
    .globl uart_receive
    .type uart_receive, @function
uart_receive:
    push r15
    push rbx
    mov r9d, edi
    mov rdi, rsi
    lea r10, [rsi + rdx]
    mov rbx, rcx
    sub rbx, rdi
    movabs r15, UART_RECEIVE_MAGIC
1:
    cmp rdi, r10
    jae 2f
    lea edx, [r9 + 5]
    in al, dx
    test al, 1
    jz 2f
    mov edx, r9d
    insb
    lea rcx, [rdi + rbx]
    mov [r8], rcx
    jmp 1b
2:
    xor r15d, r15d
    mov rax, rdi
    sub rax, rsi
    pop rbx
    pop r15
    ret
    .size uart_receive, . - uart_receive

    .section .note.GNU-stack, "", @progbits

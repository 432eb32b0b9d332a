#pragma once
// The registers of a thread in the order in which the entry paths push them: every entry from
// user mode saves into the current thread. The last five are what the processor pushes when an
// exception or interrupt leaves user mode.

#include <cstddef>
#include <cstdint>

#include <kernel/arch/x86_64/offsets.h>

namespace kernel {

struct Frame {
    std::uint64_t rcx, r11; ///< lost in a SYSCALL, and so not saved by it
    std::uint64_t r15, r14, r13, r12, rbp, rbx, r10, r9, r8, rax, rdx, rsi, rdi;
    std::uint64_t vector; ///< VECTOR_SYSCALL: entered by SYSCALL, leaves by SYSRET
    std::uint64_t error_code;
    std::uint64_t rip, cs, rflags, rsp, ss;

    static constexpr std::uint64_t syscall = VECTOR_SYSCALL;
};
static_assert(sizeof(Frame) == FRAME_BYTES && FRAME_BYTES % 16 == 0);
static_assert(offsetof(Frame, vector) == FRAME_VECTOR && offsetof(Frame, rip) == FRAME_RIP);
static_assert(offsetof(Frame, rflags) == FRAME_RFLAGS && offsetof(Frame, rsp) == FRAME_RSP);

} // namespace kernel

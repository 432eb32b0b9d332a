#pragma once
// The frame that a signal handler finds on its stack, bit by bit as Linux on x86-64 makes it
// (arch/x86/include/uapi/asm/sigcontext.h, ucontext.h; asm-generic/siginfo.h):
//
//     higher   | extended state in XSAVE form, 64-byte aligned, FP_XSTATE_MAGIC2 behind it |
//              | siginfo, 128 bytes                                                          |
//              | ucontext: flags, stack, registers, mask                                     |
//     RSP ->   | address of the restorer; RSP + 8 is 16-byte aligned                         |

#include <servers/linux/machine/machine.hpp>
#include <servers/linux/signal/handlers.hpp>
#include <servers/linux/signal/signal.hpp>
#include <servers/linux/user_memory.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace personality {

struct SignalStackWords { // stack_t
    std::uint64_t base;
    std::uint32_t flags;
    std::uint32_t padding;
    std::uint64_t size;
};

struct SignalContext { // struct sigcontext
    std::uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
    std::uint64_t rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip, rflags;
    std::uint16_t cs, gs, fs, ss;
    std::uint64_t error, trap, old_mask, cr2;
    std::uint64_t extended_state; ///< address
    std::uint64_t reserved[8];
};
static_assert(sizeof(SignalContext) == 256);

struct UserContext { // struct ucontext
    std::uint64_t flags;
    std::uint64_t link;
    SignalStackWords stack;
    SignalContext registers;
    std::uint64_t mask;
};
static_assert(sizeof(UserContext) == 304);

using SignalInfoBytes = std::array<std::byte, 128>; // siginfo_t

struct SignalFrame { // struct rt_sigframe
    std::uint64_t restorer;
    UserContext context;
    SignalInfoBytes info;
};
static_assert(sizeof(SignalFrame) == 440);

/// What the fault said that the signal comes from; zeros otherwise.
struct FaultWords {
    std::uint64_t error = 0, trap = 0, address = 0;
};

/// siginfo_t as programs see it: which fields there are depends on the signal and code.
SignalInfoBytes encode(SignalInfo const& info);
SignalInfo decode(SignalInfoBytes const& bytes);

/// Put the frame onto `stack` (the address to grow down from) and set `registers` so that the
/// handler starts. EFAULT: the stack is not there, or the frame would reach below `lowest`.
Result<> push_frame(UserMemory& memory, Registers& registers, SignalAction const& action,
                    SignalInfo const& info, SignalSet mask, SignalStackWords alternate,
                    UserAddress stack, FaultWords const& fault, UserAddress lowest = 0);

/// What rt_sigreturn finds: registers, mask and alternative stack.
struct Returned {
    SignalSet mask;
    SignalStackWords alternate;
};
Result<Returned> pop_frame(UserMemory& memory, Registers& registers);

/// The extended state of a thread that never used it, and at the start of programs and handlers.
void clear_extended(Registers& registers);

} // namespace personality

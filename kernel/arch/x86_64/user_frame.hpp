#pragma once
// A thread's frame as users see and write it: what they may set, and what is decided for them.
// Pure: the host's fake machine uses the same.

#include <kernel/arch/x86_64/descriptors.hpp>
#include <kernel/arch/x86_64/frame.hpp>

#include <abi/message.hpp>

namespace kernel::arch {

constexpr std::uint64_t interrupt_flag = 0x200;
/// Arithmetic flags, TF, DF, AC and ID: what a user may set.
constexpr std::uint64_t user_flags = 0x24'0dd5;

inline void prepare_user_frame(Frame& frame) {
    frame.cs = selector::user_code;
    frame.ss = selector::user_data;
    frame.rflags = interrupt_flag | 2;
}

/// Set the frame back to its SYSCALL instruction, two bytes before the return address.
inline void restart_call(Frame& frame) { frame.rip -= 2; }

inline void write_frame(Frame& frame, abi::RegisterFile const& in) {
    frame = {
        .rcx = in.rcx,
        .r11 = in.r11,
        .r15 = in.r15,
        .r14 = in.r14,
        .r13 = in.r13,
        .r12 = in.r12,
        .rbp = in.rbp,
        .rbx = in.rbx,
        .r10 = in.r10,
        .r9 = in.r9,
        .r8 = in.r8,
        .rax = in.rax,
        .rdx = in.rdx,
        .rsi = in.rsi,
        .rdi = in.rdi,
        .vector = 0,
        .error_code = 0,
        .rip = in.rip,
        .cs = selector::user_code,
        .rflags = (in.rflags & user_flags) | interrupt_flag | 2,
        .rsp = in.rsp,
        .ss = selector::user_data,
    };
}

inline void read_frame(Frame const& frame, abi::RegisterFile& out) {
    out.rax = frame.rax, out.rbx = frame.rbx, out.rcx = frame.rcx, out.rdx = frame.rdx;
    out.rsi = frame.rsi, out.rdi = frame.rdi, out.rbp = frame.rbp, out.rsp = frame.rsp;
    out.r8 = frame.r8, out.r9 = frame.r9, out.r10 = frame.r10, out.r11 = frame.r11;
    out.r12 = frame.r12, out.r13 = frame.r13, out.r14 = frame.r14, out.r15 = frame.r15;
    out.rip = frame.rip;
    out.rflags = frame.rflags;
}

} // namespace kernel::arch

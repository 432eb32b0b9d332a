#pragma once
// What crosses when a message is delivered: words, the badge, capabilities.

#include <kernel/object/thread.hpp>

#include <base/result.hpp>

namespace kernel::ipc {

/// The registers that carry the first words of a native thread's message.
inline void copy_register_words(Frame& to, Frame const& from, unsigned words) {
    switch (words) {
    default: to.r13 = from.r13; [[fallthrough]];
    case 7: to.r12 = from.r12; [[fallthrough]];
    case 6: to.r9 = from.r9; [[fallthrough]];
    case 5: to.r8 = from.r8; [[fallthrough]];
    case 4: to.r10 = from.r10; [[fallthrough]];
    case 3: to.rdx = from.rdx; [[fallthrough]];
    case 2: to.rsi = from.rsi; [[fallthrough]];
    case 1: to.rdi = from.rdi; [[fallthrough]];
    case 0: break;
    }
}

/// A foreign call as its keeper sees it.
inline void copy_foreign_call(Frame& to, Frame const& from) {
    to.rdi = from.rdi;
    to.rsi = from.rsi;
    to.rdx = from.rdx;
    to.r10 = from.r10;
    to.r8 = from.r8;
    to.r9 = from.r9;
    to.r12 = from.rax;
    to.r13 = from.rsp;
}

constexpr abi::MessageTag foreign_call_tag =
    abi::MessageTag{0, 8}.with(abi::MessageKind::foreign_call);

/// What must hold before a message is sent: its length, a page for a long one, and that the
/// capabilities it names can be derived from.
base::Result<> check_message(Thread& sender, abi::MessageTag tag, bool may_grant);

/// Write the message of `sender` into the registers and message page of `receiver`. What can't be
/// received (no page for long words, no empty slot for a capability) is cut off, and the tag says
/// how much there is.
void deliver(Thread& sender, Thread& receiver, abi::MessageTag tag, abi::Word badge);

} // namespace kernel::ipc

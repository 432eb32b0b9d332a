#pragma once
// The message calls: eight words in registers, the registers as abi/message.hpp lists them. Words
// that a message does not have are not set up: their registers carry whatever they carried. Words 8
// and up, and capabilities, are in the message page (message_page.hpp).
//
// The stubs occupy every register but RSP, RBP and (without a deadline) R15. RBX among them: never
// use them in a function that realigns its stack and has arrays of variable length, where the
// compiler keeps its frame in RBX.

#include <abi/calls.hpp>
#include <abi/error.hpp>
#include <abi/message.hpp>
#include <base/result.hpp>

#include <array>
#include <concepts>
#include <cstddef>

namespace runtime {

using RegisterWords = std::array<abi::Word, abi::register_words>;

/// What came back from a call or a receive. `tag`, `badge` and `words` mean nothing if `error` is
/// not ok, words beyond `tag.words()` never do, and `badge` only after a receive.
struct Received {
    abi::Error error;
    abi::MessageTag tag;
    abi::Word badge;
    RegisterWords words;

    constexpr bool ok() const { return error == abi::Error::ok; }
};

namespace detail {

/// One message call. Only the first `Sent` words are loaded; an empty asm makes the other registers
/// defined without an instruction. Volatile, or the compiler would keep one such value for the
/// next.
template <class C, std::size_t Sent, bool HasDeadline>
[[gnu::always_inline]] inline Received
exchange(abi::CapAddress target, abi::CapAddress reply, abi::MessageTag tag,
         std::array<abi::Word, Sent> const& words, [[maybe_unused]] abi::Word deadline) {
    static_assert(Sent <= abi::register_words);
    abi::Word rax = abi::call_word(C::number, target);
    abi::Word rbx = HasDeadline ? tag.raw | abi::MessageTag::flag_deadline : tag.raw;
    register abi::Word rdi asm("rdi");
    register abi::Word rsi asm("rsi");
    register abi::Word rdx asm("rdx");
    register abi::Word r10 asm("r10");
    register abi::Word r8 asm("r8");
    register abi::Word r9 asm("r9");
    register abi::Word r12 asm("r12");
    register abi::Word r13 asm("r13");
    register abi::Word r14 asm("r14");
    asm volatile("" : "=r"(rdi), "=r"(rsi), "=r"(rdx), "=r"(r10), "=r"(r8));
    asm volatile("" : "=r"(r9), "=r"(r12), "=r"(r13), "=r"(r14));
    if constexpr (Sent > 0) rdi = words[0];
    if constexpr (Sent > 1) rsi = words[1];
    if constexpr (Sent > 2) rdx = words[2];
    if constexpr (Sent > 3) r10 = words[3];
    if constexpr (Sent > 4) r8 = words[4];
    if constexpr (Sent > 5) r9 = words[5];
    if constexpr (Sent > 6) r12 = words[6];
    if constexpr (Sent > 7) r13 = words[7];
    constexpr bool receives =
        C::number == abi::EndpointReceive::number || C::number == abi::EndpointReplyReceive::number;
    if constexpr (receives) r14 = reply.raw;
    if constexpr (HasDeadline) {
        register abi::Word r15 asm("r15") = deadline;
        asm volatile("syscall"
                     : "+a"(rax), "+b"(rbx), "+r"(rdi), "+r"(rsi), "+r"(rdx), "+r"(r10), "+r"(r8),
                       "+r"(r9), "+r"(r12), "+r"(r13), "+r"(r14)
                     : "r"(r15)
                     : "rcx", "r11", "memory");
    } else {
        asm volatile("syscall"
                     : "+a"(rax), "+b"(rbx), "+r"(rdi), "+r"(rsi), "+r"(rdx), "+r"(r10), "+r"(r8),
                       "+r"(r9), "+r"(r12), "+r"(r13), "+r"(r14)
                     :
                     : "rcx", "r11", "memory");
    }
    return {static_cast<abi::Error>(rax),
            abi::MessageTag{rbx},
            r14,
            {rdi, rsi, rdx, r10, r8, r9, r12, r13}};
}

[[gnu::always_inline]] inline base::Result<> done(Received const& received) {
    if (!received.ok()) [[unlikely]]
        return base::fail(received.error);
    return {};
}

template <class... W>
[[gnu::always_inline]] inline std::array<abi::Word, sizeof...(W)> pack(W... words) {
    return {static_cast<abi::Word>(words)...};
}

} // namespace detail

/// A word of a message; what is wider or signed says so first.
template <class W>
concept MessageWord = std::convertible_to<W, abi::Word>;

// ---- a client's side ---------------------------------------------------------------------------

/// Send a message and wait for its answer.
template <MessageWord... W>
[[gnu::always_inline]] inline Received call(abi::CapAddress endpoint, abi::MessageTag tag,
                                            W... words) {
    return detail::exchange<abi::EndpointCall, sizeof...(W), false>(endpoint, {}, tag,
                                                                    detail::pack(words...), 0);
}
[[gnu::always_inline]] inline Received call(abi::CapAddress endpoint, abi::MessageTag tag,
                                            RegisterWords const& words) {
    return detail::exchange<abi::EndpointCall, 8, false>(endpoint, {}, tag, words, 0);
}
/// As call; `timed_out` when `deadline` (monotonic ns) passes first.
template <MessageWord... W>
[[gnu::always_inline]] inline Received call_until(abi::Word deadline, abi::CapAddress endpoint,
                                                  abi::MessageTag tag, W... words) {
    return detail::exchange<abi::EndpointCall, sizeof...(W), true>(
        endpoint, {}, tag, detail::pack(words...), deadline);
}
[[gnu::always_inline]] inline Received call_until(abi::Word deadline, abi::CapAddress endpoint,
                                                  abi::MessageTag tag, RegisterWords const& words) {
    return detail::exchange<abi::EndpointCall, 8, true>(endpoint, {}, tag, words, deadline);
}

/// Send a message and wait until it was received.
template <MessageWord... W>
[[gnu::always_inline]] inline base::Result<> send(abi::CapAddress endpoint, abi::MessageTag tag,
                                                  W... words) {
    return detail::done(detail::exchange<abi::EndpointSend, sizeof...(W), false>(
        endpoint, {}, tag, detail::pack(words...), 0));
}
template <MessageWord... W>
[[gnu::always_inline]] inline base::Result<>
send_until(abi::Word deadline, abi::CapAddress endpoint, abi::MessageTag tag, W... words) {
    return detail::done(detail::exchange<abi::EndpointSend, sizeof...(W), true>(
        endpoint, {}, tag, detail::pack(words...), deadline));
}

// ---- a server's side ---------------------------------------------------------------------------

/// Wait for a message, or a signal of the bound Notification. `reply` will hold the caller and must
/// hold nobody now.
[[gnu::always_inline]] inline Received receive(abi::CapAddress endpoint, abi::CapAddress reply) {
    return detail::exchange<abi::EndpointReceive, 0, false>(endpoint, reply, {}, {}, 0);
}
[[gnu::always_inline]] inline Received receive_until(abi::Word deadline, abi::CapAddress endpoint,
                                                     abi::CapAddress reply) {
    return detail::exchange<abi::EndpointReceive, 0, true>(endpoint, reply, {}, {}, deadline);
}

/// Answer the caller that `reply` holds, if it holds one, then receive with it.
template <MessageWord... W>
[[gnu::always_inline]] inline Received
reply_receive(abi::CapAddress endpoint, abi::CapAddress reply, abi::MessageTag tag, W... words) {
    return detail::exchange<abi::EndpointReplyReceive, sizeof...(W), false>(
        endpoint, reply, tag, detail::pack(words...), 0);
}
[[gnu::always_inline]] inline Received reply_receive(abi::CapAddress endpoint,
                                                     abi::CapAddress reply, abi::MessageTag tag,
                                                     RegisterWords const& words) {
    return detail::exchange<abi::EndpointReplyReceive, 8, false>(endpoint, reply, tag, words, 0);
}
template <MessageWord... W>
[[gnu::always_inline]] inline Received
reply_receive_until(abi::Word deadline, abi::CapAddress endpoint, abi::CapAddress reply,
                    abi::MessageTag tag, W... words) {
    return detail::exchange<abi::EndpointReplyReceive, sizeof...(W), true>(
        endpoint, reply, tag, detail::pack(words...), deadline);
}

/// Answer the caller that this Reply object holds, and go on.
template <MessageWord... W>
[[gnu::always_inline]] inline base::Result<> reply(abi::CapAddress reply, abi::MessageTag tag,
                                                   W... words) {
    return detail::done(detail::exchange<abi::ReplySend, sizeof...(W), false>(
        reply, {}, tag, detail::pack(words...), 0));
}
[[gnu::always_inline]] inline base::Result<> reply(abi::CapAddress reply, abi::MessageTag tag,
                                                   RegisterWords const& words) {
    return detail::done(detail::exchange<abi::ReplySend, 8, false>(reply, {}, tag, words, 0));
}

} // namespace runtime

#pragma once
// Typed stubs of the kernel's calls, derived from abi/calls.hpp: `call<abi::PoolRevoke>(pool,
// cap)`. A stub is the register moves, SYSCALL and nothing else. Message calls are in message.hpp.

#include <abi/calls.hpp>
#include <base/result.hpp>

#include <cstddef>
#include <tuple>
#include <type_traits>

namespace runtime {

/// A line of abi/calls.hpp that is no message call (those have registers of their own).
template <class C>
concept KernelCall = requires { typename C::Args; } &&
                     (C::number<abi::EndpointCall::number || C::number> abi::ReplySend::number);

/// Error and result together, for calls whose result counts what was done also on failure.
template <class T> struct Outcome {
    abi::Error error;
    T value;
};

namespace detail {

struct Raw {
    abi::Word error;
    abi::Word value;
};

// One function for each number of arguments, so that a call sets up no register it does not use.
// The kernel keeps all registers but RAX, RDX, RCX and R11.
[[gnu::always_inline]] inline Raw trap(abi::Word rax) {
    abi::Word rdx;
    asm volatile("syscall" : "+a"(rax), "=d"(rdx) : : "rcx", "r11", "memory");
    return {rax, rdx};
}

[[gnu::always_inline]] inline Raw trap(abi::Word rax, abi::Word a) {
    abi::Word rdx;
    asm volatile("syscall" : "+a"(rax), "=d"(rdx) : "D"(a) : "rcx", "r11", "memory");
    return {rax, rdx};
}

[[gnu::always_inline]] inline Raw trap(abi::Word rax, abi::Word a, abi::Word b) {
    abi::Word rdx;
    asm volatile("syscall" : "+a"(rax), "=d"(rdx) : "D"(a), "S"(b) : "rcx", "r11", "memory");
    return {rax, rdx};
}

[[gnu::always_inline]] inline Raw trap(abi::Word rax, abi::Word a, abi::Word b, abi::Word rdx) {
    asm volatile("syscall" : "+a"(rax), "+d"(rdx) : "D"(a), "S"(b) : "rcx", "r11", "memory");
    return {rax, rdx};
}

[[gnu::always_inline]] inline Raw trap(abi::Word rax, abi::Word a, abi::Word b, abi::Word rdx,
                                       abi::Word d) {
    register abi::Word r10 asm("r10") = d;
    asm volatile("syscall"
                 : "+a"(rax), "+d"(rdx)
                 : "D"(a), "S"(b), "r"(r10)
                 : "rcx", "r11", "memory");
    return {rax, rdx};
}

[[gnu::always_inline]] inline Raw trap(abi::Word rax, abi::Word a, abi::Word b, abi::Word rdx,
                                       abi::Word d, abi::Word e) {
    register abi::Word r10 asm("r10") = d;
    register abi::Word r8 asm("r8") = e;
    asm volatile("syscall"
                 : "+a"(rax), "+d"(rdx)
                 : "D"(a), "S"(b), "r"(r10), "r"(r8)
                 : "rcx", "r11", "memory");
    return {rax, rdx};
}

[[gnu::always_inline]] inline Raw trap(abi::Word rax, abi::Word a, abi::Word b, abi::Word rdx,
                                       abi::Word d, abi::Word e, abi::Word f) {
    register abi::Word r10 asm("r10") = d;
    register abi::Word r8 asm("r8") = e;
    register abi::Word r9 asm("r9") = f;
    asm volatile("syscall"
                 : "+a"(rax), "+d"(rdx)
                 : "D"(a), "S"(b), "r"(r10), "r"(r8), "r"(r9)
                 : "rcx", "r11", "memory");
    return {rax, rdx};
}

/// An argument as the call's line has it: numbers convert, so that literals can be written plainly;
/// addresses, places and enumerations do not.
template <class To, class From> [[gnu::always_inline]] constexpr To argument(From from) {
    if constexpr (std::is_integral_v<To> && std::is_integral_v<From>)
        return static_cast<To>(from);
    else
        return from;
}

template <class C, class Args = typename C::Args> struct Stub;

template <class C, class... To> struct Stub<C, std::tuple<To...>> {
    template <class... From>
    [[gnu::always_inline]] static Raw trap(abi::CapAddress target, From... from) {
        return detail::trap(abi::call_word(C::number, target), abi::encode(argument<To>(from))...);
    }
};

template <class C> [[gnu::always_inline]] inline base::Result<typename C::Result> result(Raw raw) {
    auto const error = static_cast<abi::Error>(raw.error);
    if (error != abi::Error::ok) [[unlikely]]
        return base::fail(error);
    if constexpr (std::is_void_v<typename C::Result>)
        return {};
    else
        return abi::decode<typename C::Result>(raw.value);
}

} // namespace detail

/// The call C on the capability `target`.
template <KernelCall C, class... A>
    requires(C::kind != abi::Kind::none && sizeof...(A) == std::tuple_size_v<typename C::Args>)
[[gnu::always_inline]] inline base::Result<typename C::Result> call(abi::CapAddress target,
                                                                    A... args) {
    return detail::result<C>(detail::Stub<C>::trap(target, args...));
}

/// A call of the calling thread on itself.
template <KernelCall C, class... A>
    requires(C::kind == abi::Kind::none && sizeof...(A) == std::tuple_size_v<typename C::Args>)
[[gnu::always_inline]] inline base::Result<typename C::Result> call(A... args) {
    return detail::result<C>(detail::Stub<C>::trap(abi::CapAddress{}, args...));
}

/// The call C with its result also on failure: the pages or runs that space calls completed.
template <KernelCall C, class... A>
    requires(!std::is_void_v<typename C::Result>)
[[gnu::always_inline]] inline Outcome<typename C::Result> outcome(abi::CapAddress target,
                                                                  A... args) {
    auto const raw = detail::Stub<C>::trap(target, args...);
    return {static_cast<abi::Error>(raw.error), abi::decode<typename C::Result>(raw.value)};
}

} // namespace runtime

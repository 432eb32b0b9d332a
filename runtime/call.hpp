#pragma once
// Typed stubs of the kernel's calls, derived from abi/calls.hpp: `call<abi::PoolRevoke>(pool,
// cap)`. A stub is the register moves, SYSCALL and nothing else. Message calls are in message.hpp.

#include <abi/calls.hpp>
#include <base/result.hpp>

#include <array>
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

/// Only the registers of arguments are loaded; an empty asm makes the others defined without an
/// instruction (volatile, or the compiler would keep such a value for the next call). All of them
/// are lost, says the ABI.
template <std::size_t Count>
[[gnu::always_inline]] inline Raw trap(abi::Word rax, std::array<abi::Word, Count> const& args) {
    register abi::Word rdi asm("rdi");
    register abi::Word rsi asm("rsi");
    register abi::Word rdx asm("rdx");
    register abi::Word r10 asm("r10");
    register abi::Word r8 asm("r8");
    register abi::Word r9 asm("r9");
    asm volatile("" : "=r"(rdi), "=r"(rsi), "=r"(rdx), "=r"(r10), "=r"(r8), "=r"(r9));
    if constexpr (Count > 0) rdi = args[0];
    if constexpr (Count > 1) rsi = args[1];
    if constexpr (Count > 2) rdx = args[2];
    if constexpr (Count > 3) r10 = args[3];
    if constexpr (Count > 4) r8 = args[4];
    if constexpr (Count > 5) r9 = args[5];
    asm volatile("syscall"
                 : "+a"(rax), "+r"(rdi), "+r"(rsi), "+r"(rdx), "+r"(r10), "+r"(r8), "+r"(r9)
                 :
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
        std::array<abi::Word, sizeof...(To)> const words{abi::encode(argument<To>(from))...};
        return detail::trap(abi::call_word(C::number, target), words);
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

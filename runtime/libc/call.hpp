#pragma once
// What a list of calls is made of: a call is a type of its own, so that its handler is an overload.

#include <cerrno>
#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace runtime::libc {

template <long Number> struct Call {
    static constexpr long number = Number;
};

template <class... C> struct CallList {};

/// An argument as it comes from C: any integer or pointer that the handler says it is.
struct Argument {
    long raw;

    template <std::integral T> operator T() const { return static_cast<T>(raw); }
    template <class T> operator T*() const { return reinterpret_cast<T*>(raw); }
};

namespace detail {

template <class C, std::size_t... I>
concept Takes = requires(Argument const* arguments) { handle(C{}, arguments[I]...); };

template <class C, std::size_t... I>
long invoke(Argument const* arguments, std::index_sequence<I...>) {
    if constexpr (Takes<C, I...>) {
        return handle(C{}, arguments[I]...);
    } else {
        static_assert(sizeof...(I) > 0, "a call of the list has no handler");
        return invoke<C>(arguments, std::make_index_sequence<sizeof...(I) - 1>());
    }
}

} // namespace detail

/// Calls the handler of `number` with as many arguments as it has.
template <class... C> long dispatch(CallList<C...>, long number, Argument const (&arguments)[6]) {
    long result = -ENOSYS;
    static_cast<void>(
        ((number == C::number &&
          (result = detail::invoke<C>(arguments, std::make_index_sequence<6>()), true)) ||
         ...));
    return result;
}

} // namespace runtime::libc

#pragma once
// Declarations of all handlers, one for each call in abi/calls.hpp: a missing one does not link, a
// wrong signature does not compile where it is defined.

#include <kernel/call/target.hpp>

namespace kernel {

/// Handler<C>::run has the signature that the call's line in the ABI demands.
template <class C, class R = typename C::Result, class A = typename C::Args> struct Handler;

template <class C, class R, class... A> struct Handler<C, R, std::tuple<A...>> {
    static base::Result<R> run(Target<C::kind>& on, A... arguments);
};

} // namespace kernel

/// Opens the definition of the handler of a call.
#define HANDLE(call, ...)                                                                          \
    template <>                                                                                    \
    base::Result<abi::call::Result> Handler<abi::call>::run(                                       \
        [[maybe_unused]] Target<abi::call::kind>& on __VA_OPT__(, ) __VA_ARGS__)

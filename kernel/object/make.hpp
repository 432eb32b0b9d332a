#pragma once
// Making an object in memory that an Untyped gives.

#include <kernel/object/untyped.hpp>

#include <bit>
#include <new>
#include <utility>

namespace kernel {

/// What an object of type T costs: the logarithm of a power of two.
template <class T>
constexpr unsigned size_log2 = static_cast<unsigned>(std::bit_width(std::bit_ceil(sizeof(T)))) - 1;

template <class T, class... A> base::Result<T*> make(Untyped& from, A&&... arguments) {
    auto* const memory = TRY(from.take(size_log2<T>));
    auto* const object = new (memory) T(std::forward<A>(arguments)...);
    object->home = &from;
    object->size_log2 = size_log2<T>;
    return object;
}

} // namespace kernel

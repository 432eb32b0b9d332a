#pragma once
// Reading memory that a user shares: each word once, so that what was checked is what is used,
// whoever writes to it meanwhile.

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace kernel {

template <class T>
    requires(std::is_trivially_copyable_v<T> && sizeof(T) % 8 == 0 && alignof(T) == 8)
T copy_once(T const& shared) {
    T copy;
    auto const* const from = reinterpret_cast<std::uint64_t const volatile*>(&shared);
    auto* const to = reinterpret_cast<std::uint64_t*>(&copy);
    for (std::size_t i = 0; i < sizeof(T) / 8; i++) to[i] = from[i];
    return copy;
}

} // namespace kernel

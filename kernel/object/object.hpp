#pragma once
// The header of every kernel object, and the life that all objects share: an object lives while
// capabilities name it, and when the last one goes it is put on the list of the dying, from which
// `reap` tears it down in steps and gives its memory back to the Untyped it came from.

#include <abi/capability.hpp>
#include <abi/rights.hpp>
#include <base/list.hpp>

#include <cstdint>
#include <type_traits>

namespace kernel {

class Untyped;

struct Object {
    abi::Kind const kind;
    std::uint8_t size_log2 = 0; ///< of the block it lies in
    std::uint32_t caps = 0;     ///< slots that name it, those embedded in other objects included
    Untyped* home = nullptr;    ///< who gets the memory back; null: made at boot, lives for ever
    base::Link dying_link;

    constexpr explicit Object(abi::Kind k) : kind(k) {}
    Object(Object const&) = delete;
    Object& operator=(Object const&) = delete;
};

/// Base of the objects of kind K: what a capability's kind byte promises, as a type.
template <abi::Kind K> struct ObjectOf : Object {
    static constexpr abi::Kind static_kind = K;
    constexpr ObjectOf() : Object(K) {}
};

template <class T>
concept KernelObject = std::is_base_of_v<Object, T> && requires { T::static_kind; };

} // namespace kernel

#pragma once
// What the typed views of capabilities share: an address. A view owns nothing and is copied freely;
// Owned<View> (owned.hpp) is the one that deletes.

#include <abi/capability.hpp>

#include <concepts>

namespace runtime {

class Capability {
public:
    constexpr Capability() = default;
    explicit constexpr Capability(abi::CapAddress address) : address_(address) {}

    constexpr abi::CapAddress address() const { return address_; }
    explicit constexpr operator bool() const { return static_cast<bool>(address_); }

protected:
    abi::CapAddress address_;
};

/// A view of the capabilities of one kind.
template <class V>
concept View = std::derived_from<V, Capability> && requires {
    { V::kind } -> std::convertible_to<abi::Kind>;
};

} // namespace runtime

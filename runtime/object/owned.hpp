#pragma once
// Owned<View>: a capability of our own pool that is deleted, and its slot given back, when the
// handle goes. The last capability of an object destroys the object.

#include <runtime/call.hpp>
#include <runtime/object/capability.hpp>
#include <runtime/own.hpp>
#include <runtime/slots.hpp>

#include <utility>

namespace runtime {

// Unconstrained, since a view may name its own Owned while it is incomplete.
template <class V> class [[nodiscard]] Owned : public V {
    static_assert(View<V>);

public:
    constexpr Owned() = default;
    /// Takes over the capability at `address`, whose slot came from allocate_slot.
    explicit constexpr Owned(abi::CapAddress address) : V(address) {}
    Owned(Owned&& other) noexcept : V(std::exchange(other.address_, abi::CapAddress{})) {}
    Owned& operator=(Owned&& other) noexcept {
        if (this != &other) {
            reset();
            this->address_ = std::exchange(other.address_, abi::CapAddress{});
        }
        return *this;
    }
    ~Owned() { reset(); }

    V view() const { return V(this->address_); }
    /// Gives the capability out of our hands; nobody deletes it any more.
    V release() { return V(std::exchange(this->address_, abi::CapAddress{})); }

    void reset() {
        auto const address = std::exchange(this->address_, abi::CapAddress{});
        if (!address) return;
        // A slot that a revoke has emptied before is ours to give back all the same. Should the
        // delete fail otherwise, the slot is not empty and must not be given out again.
        auto const gone = call<abi::PoolDelete>(own_pool, address);
        if (gone || gone.error() == abi::Error::stale_capability ||
            gone.error() == abi::Error::bad_capability)
            release_slot(address.slot());
    }
};

} // namespace runtime

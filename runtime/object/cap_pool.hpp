#pragma once
// CapPool: slots with capabilities; and copies and narrower ones in our own pool.

#include <abi/info.hpp>
#include <runtime/message_page.hpp>
#include <runtime/object/owned.hpp>

namespace runtime {

class CapPool : public Capability {
public:
    static constexpr abi::Kind kind = abi::Kind::cap_pool;
    using Capability::Capability;

    /// Sources are addresses in our own pool, slots are of this one.
    base::Result<abi::CapAddress> copy(std::uint16_t slot, abi::CapAddress source,
                                       abi::RightsMask rights = abi::all_rights) const {
        return call<abi::PoolCopy>(address_, slot, source, rights);
    }
    /// What `first` and `second` mean depends on the kind: see abi::PoolMint.
    base::Result<abi::CapAddress> mint(std::uint16_t slot, abi::CapAddress source,
                                       abi::RightsMask rights, abi::Word first,
                                       abi::Word second = 0) const {
        return call<abi::PoolMint>(address_, slot, source, rights, first, second);
    }
    base::Result<abi::CapAddress> move(std::uint16_t slot, abi::CapAddress source) const {
        return call<abi::PoolMove>(address_, slot, source);
    }
    base::Result<> remove(abi::CapAddress address) const {
        return call<abi::PoolDelete>(address_, address);
    }
    base::Result<> revoke(abi::CapAddress address) const {
        return call<abi::PoolRevoke>(address_, address);
    }
    /// The first of 256 new slots.
    base::Result<abi::Word> grow(abi::CapAddress untyped) const {
        return call<abi::PoolGrow>(address_, untyped);
    }
    base::Result<abi::ObjectInfo> inspect(std::uint16_t slot) const {
        TRY(call<abi::PoolInspect>(address_, slot));
        return info_from_message_page<abi::ObjectInfo>();
    }
};

/// A copy in our own pool, with those of the rights that `rights` keeps.
template <View V> base::Result<Owned<V>> copy(V source, abi::RightsMask rights = abi::all_rights) {
    auto const slot = TRY(allocate_slot());
    auto const made = CapPool(own_pool).copy(slot, source.address(), rights);
    if (!made) {
        release_slot(slot);
        return base::fail(made.error());
    }
    return Owned<V>(*made);
}

/// A narrower copy in our own pool: a badge (Endpoint, Notification), pages (Memory), ports...
template <View V>
base::Result<Owned<V>> mint(V source, abi::RightsMask rights, abi::Word first,
                            abi::Word second = 0) {
    auto const slot = TRY(allocate_slot());
    auto const made = CapPool(own_pool).mint(slot, source.address(), rights, first, second);
    if (!made) {
        release_slot(slot);
        return base::fail(made.error());
    }
    return Owned<V>(*made);
}

} // namespace runtime

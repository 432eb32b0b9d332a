#pragma once
// Untyped: memory from which objects are made.

#include <runtime/object/memory.hpp>
#include <runtime/object/owned.hpp>

#include <bit>

namespace runtime {

class Untyped : public Capability {
public:
    static constexpr abi::Kind kind = abi::Kind::untyped;
    using Capability::Capability;

    /// A new object of the view's kind in our own pool: `untyped.make<Notification>()`.
    template <View V>
        requires(V::kind != abi::Kind::untyped && V::kind != abi::Kind::memory)
    base::Result<Owned<V>> make() const {
        return make_here<V>(0, {}, abi::Cache::write_back);
    }

    /// Zeroed memory of `bytes`, a multiple of the page size. `records`: see abi::UntypedRetype.
    base::Result<Owned<Memory>> make_memory(abi::Word bytes,
                                            abi::Cache cache = abi::Cache::write_back,
                                            abi::CapAddress records = {}) const {
        return make_here<Memory>(bytes, records, cache);
    }

    /// Memory for who clears it himself before anybody else sees it: see abi::UntypedRetypeUnread.
    base::Result<Owned<Memory>> make_unread_memory(abi::Word bytes) const {
        auto const slot = TRY(allocate_slot());
        auto const made = call<abi::UntypedRetypeUnread>(
            address_, bytes, abi::CapAddress{}, abi::Place{{}, slot}, abi::Cache::write_back);
        if (!made) {
            release_slot(slot);
            return base::fail(made.error());
        }
        return Owned<Memory>(*made);
    }

    /// A smaller Untyped of `bytes`, a power of two.
    base::Result<Owned<Untyped>> split(abi::Word bytes, abi::CapAddress records = {}) const {
        return make_here<Untyped>(bytes, records, abi::Cache::write_back);
    }

    /// A new object in another process's pool. `size` as in abi::UntypedRetype.
    base::Result<abi::CapAddress> make_at(abi::Place place, abi::Kind what, abi::Word size = 0,
                                          abi::Cache cache = abi::Cache::write_back,
                                          abi::CapAddress records = {}) const {
        return call<abi::UntypedRetype>(address_, what, size, records, place, cache);
    }

    /// Zero what is free in advance.
    base::Result<> clear() const { return call<abi::UntypedClear>(address_); }

private:
    template <View V>
    base::Result<Owned<V>> make_here(abi::Word size, abi::CapAddress records,
                                     abi::Cache cache) const {
        auto const slot = TRY(allocate_slot());
        auto const made = make_at(abi::Place{{}, slot}, V::kind, size, cache, records);
        if (!made) {
            release_slot(slot);
            return base::fail(made.error());
        }
        return Owned<V>(*made);
    }
};

} // namespace runtime

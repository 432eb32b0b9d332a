#pragma once
// A slot of the supervisor's own pool that is filled anew with each incarnation of a service, and
// emptied by the revoke that takes an incarnation apart.

#include <runtime/call.hpp>
#include <runtime/object/cap_pool.hpp>
#include <runtime/object/untyped.hpp>
#include <runtime/slots.hpp>

namespace supervisor {

template <runtime::View V> class OwnSlot {
public:
    base::Result<> reserve() {
        slot_ = TRY(runtime::allocate_slot());
        return {};
    }
    /// A new object of the view's kind.
    base::Result<V> make(runtime::Untyped from) {
        view_ = V(TRY(from.make_at(abi::Place{{}, slot_}, V::kind)));
        return view_;
    }
    base::Result<V> copy(V source, abi::RightsMask rights = abi::all_rights) {
        view_ = V(TRY(runtime::CapPool(runtime::own_pool).copy(slot_, source.address(), rights)));
        return view_;
    }
    V view() const { return view_; }
    /// What was in it is gone.
    void forget() { view_ = {}; }

private:
    std::uint16_t slot_ = 0;
    V view_;
};

} // namespace supervisor

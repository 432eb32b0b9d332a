#pragma once
// Interrupt: one line, masked from the moment it fires until it is acknowledged.

#include <runtime/object/notification.hpp>

namespace runtime {

class Interrupt : public Capability {
public:
    static constexpr abi::Kind kind = abi::Kind::interrupt;
    using Capability::Capability;

    base::Result<> bind(Notification notification, abi::Word bits) const {
        return call<abi::InterruptBind>(address_, notification.address(), bits);
    }
    base::Result<> acknowledge() const { return call<abi::InterruptAcknowledge>(address_); }
    base::Result<> mask() const { return call<abi::InterruptMask>(address_); }
};

} // namespace runtime

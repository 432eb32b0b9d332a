#pragma once
// Notification: 64 signal bits.

#include <runtime/call.hpp>
#include <runtime/object/capability.hpp>

namespace runtime {

class Notification : public Capability {
public:
    static constexpr abi::Kind kind = abi::Kind::notification;
    using Capability::Capability;

    /// A capability with a badge signals its badge, whatever `bits` says.
    base::Result<> signal(abi::Word bits = 0) const {
        return call<abi::NotificationSignal>(address_, bits);
    }
    /// All bits that are set, once there are some.
    base::Result<abi::Word> wait() const { return call<abi::NotificationWait>(address_, 0); }
    base::Result<abi::Word> wait_until(abi::Word deadline) const {
        return call<abi::NotificationWait>(address_, deadline);
    }
    base::Result<abi::Word> poll() const { return call<abi::NotificationPoll>(address_); }
};

} // namespace runtime

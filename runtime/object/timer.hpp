#pragma once
// Timer: a deadline that signals a Notification.

#include <runtime/object/notification.hpp>

namespace runtime {

class Timer : public Capability {
public:
    static constexpr abi::Kind kind = abi::Kind::timer;
    using Capability::Capability;

    /// Once, at `deadline` (monotonic ns); replaces what was armed.
    base::Result<> arm(abi::Word deadline, Notification notification, abi::Word bits) const {
        return call<abi::TimerArm>(address_, deadline, notification.address(), bits);
    }
    base::Result<> cancel() const { return call<abi::TimerCancel>(address_); }
};

} // namespace runtime

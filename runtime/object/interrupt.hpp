#pragma once
// Interrupt: a line, or a message of a device. It signals once until it is acknowledged.

#include <runtime/device/message.hpp>
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
    /// What the device has to write; bad_state for a line.
    base::Result<device::Message> message() const {
        auto const words = TRY(call<abi::InterruptMessage>(address_));
        return device::Message{.address = words & 0xffff'ffff,
                               .data = static_cast<std::uint32_t>(words >> 32)};
    }
    base::Result<> mask() const { return call<abi::InterruptMask>(address_); }
};

} // namespace runtime

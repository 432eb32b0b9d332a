#pragma once
// IoPorts: a range of x86 ports, by call, or by IN and OUT once enabled.

#include <runtime/call.hpp>
#include <runtime/object/capability.hpp>

#include <concepts>

namespace runtime {

class IoPorts : public Capability {
public:
    static constexpr abi::Kind kind = abi::Kind::io_ports;
    using Capability::Capability;

    template <std::unsigned_integral T>
        requires(sizeof(T) <= 4)
    base::Result<T> read(std::uint16_t port) const {
        return static_cast<T>(TRY(call<abi::PortsRead>(address_, port, sizeof(T))));
    }
    template <std::unsigned_integral T>
        requires(sizeof(T) <= 4)
    base::Result<> write(std::uint16_t port, T value) const {
        return call<abi::PortsWrite>(address_, port, sizeof(T), value);
    }
    /// Let this process use IN and OUT on the range.
    base::Result<> enable() const { return call<abi::PortsEnable>(address_); }
};

} // namespace runtime

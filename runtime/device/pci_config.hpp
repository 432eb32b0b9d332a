#pragma once
// PCI configuration space, by 32-bit words. Whoever can reach it can reprogram every device of the
// machine: it is the devices server's, and a test program's.

#include <base/result.hpp>

#include <cstdint>

namespace device {

/// Where a function sits (PCI Local Bus Specification 3.0, section 3.2.2.3.2).
struct PciAddress {
    std::uint8_t bus = 0;
    std::uint8_t device = 0;   ///< below 32
    std::uint8_t function = 0; ///< below 8

    constexpr bool operator==(PciAddress const&) const = default;
    /// Bus, device and function in 16 bits: what the device signs its requests with.
    constexpr std::uint16_t requester() const {
        return static_cast<std::uint16_t>(bus << 8 | device << 3 | function);
    }
};

/// Access to configuration space, by whatever way there is to it.
class PciConfig {
public:
    /// The word at `offset`, a multiple of 4 below 256. All ones where there is no function.
    virtual base::Result<std::uint32_t> read(PciAddress function, std::uint8_t offset) const = 0;
    virtual base::Result<> write(PciAddress function, std::uint8_t offset,
                                 std::uint32_t value) const = 0;

protected:
    ~PciConfig() = default;
};

} // namespace device

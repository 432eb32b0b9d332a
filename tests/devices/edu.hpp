#pragma once
// QEMU's device for teaching (its docs/specs/edu.rst): it computes factorials, and interrupts when
// it is told to.

#include <runtime/lab/pci.hpp>

namespace devices {

class Edu {
public:
    static constexpr std::uint16_t vendor = 0x1234;
    static constexpr std::uint16_t device_id = 0x11e8;

    explicit Edu(device::PciFunction function)
        : function_(function), range_(lab::map_bar(function, 0)) {}

    device::PciFunction const& function() const { return function_; }
    std::uint32_t identity() const { return registers().read<std::uint32_t>(0x00); }
    /// What is written reads back inverted.
    std::uint32_t live(std::uint32_t value) const {
        registers().write(0x04, value);
        return registers().read<std::uint32_t>(0x04);
    }
    /// The causes that it interrupts for now.
    std::uint32_t causes() const { return registers().read<std::uint32_t>(0x24); }
    void raise(std::uint32_t causes) const { registers().write(0x60, causes); }
    void acknowledge(std::uint32_t causes) const { registers().write(0x64, causes); }

    device::Registers registers() const { return range_.registers(); }

private:
    device::PciFunction function_;
    lab::DeviceRange range_;
};

} // namespace devices

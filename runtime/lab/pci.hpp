#pragma once
// Devices for a program that the kernel itself has started: such a one has all ports and all device
// memory, and may take what it finds.

#include <runtime/device/device_memory.hpp>
#include <runtime/device/pci_function.hpp>
#include <runtime/device/registers.hpp>
#include <runtime/memory.hpp>

namespace lab {

/// Configuration space.
device::PciConfig const& pci();

/// A range of device memory, mapped.
class DeviceRange {
public:
    DeviceRange(std::uint64_t physical, std::uint64_t bytes);

    device::Registers registers() const { return device::Registers(mapping_.bytes()); }
    runtime::Memory memory() const { return memory_.view(); }

private:
    runtime::Owned<runtime::Memory> memory_;
    runtime::Mapping mapping_;
};

/// A function's memory BAR, mapped; its decoder is on.
DeviceRange map_bar(device::PciFunction const& function, unsigned number);

} // namespace lab

#pragma once
// Configuration space through its two ports (PCI Local Bus Specification 3.0, section 3.2.2.3.2):
// every PC has them, and they need no table of the firmware's.

#include <runtime/device/pci_config.hpp>
#include <runtime/object/io_ports.hpp>

namespace device {

class PciPorts final : public PciConfig {
public:
    static constexpr std::uint16_t first_port = 0xcf8;
    static constexpr std::uint16_t ports = 8;

    /// `range` covers the eight ports from 0xcf8 on.
    explicit PciPorts(runtime::IoPorts range) : range_(range) {}

    base::Result<std::uint32_t> read(PciAddress function, std::uint8_t offset) const override {
        TRY(select(function, offset));
        return range_.read<std::uint32_t>(value_port);
    }
    base::Result<> write(PciAddress function, std::uint8_t offset,
                         std::uint32_t value) const override {
        TRY(select(function, offset));
        return range_.write(value_port, value);
    }

private:
    static constexpr std::uint16_t select_port = first_port;
    static constexpr std::uint16_t value_port = first_port + 4;
    static constexpr std::uint32_t enable = std::uint32_t{1} << 31;

    base::Result<> select(PciAddress function, std::uint8_t offset) const {
        if (offset % 4 != 0 || function.device >= 32 || function.function >= 8)
            return base::fail(abi::Error::bad_argument);
        return range_.write(select_port,
                            enable | std::uint32_t{function.requester()} << 8 | offset);
    }

    runtime::IoPorts range_;
};

} // namespace device

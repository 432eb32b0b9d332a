#pragma once
// PCI configuration space, as far as a driver's set-up needs it. Source: PCI Local Bus
// Specification 3.0, chapter 6 (header, capabilities, MSI and MSI-X in 6.8), PCI Express Base 7.5.3
// (device reset).

#include <cstdint>

namespace formats::pci {

/// Of the configuration space that every function has; PCI Express adds more, which is not used
/// here.
constexpr std::uint32_t config_bytes = 256;

/// Offsets in the header that all functions begin with.
namespace header {
constexpr std::uint8_t identity = 0x00; ///< vendor in the low half, device in the high one
constexpr std::uint8_t command = 0x04;  ///< 16 bits
constexpr std::uint8_t status = 0x06;   ///< 16 bits
constexpr std::uint8_t class_code =
    0x08; ///< revision in the low byte, then interface, subclass, class
constexpr std::uint8_t type =
    0x0e; ///< 8 bits: 0 a device, 1 a bridge, 2 CardBus; bit 7 several functions
constexpr std::uint8_t bar = 0x10;            ///< the first of six
constexpr std::uint8_t secondary_bus = 0x19;  ///< 8 bits, bridges
constexpr std::uint8_t capabilities = 0x34;   ///< 8 bits: offset of the first
constexpr std::uint8_t interrupt_line = 0x3c; ///< 8 bits: what the firmware wants software to know
constexpr std::uint8_t interrupt_pin = 0x3d;  ///< 8 bits: 0 none, 1 to 4 INTA# to INTD#
} // namespace header

constexpr std::uint16_t no_vendor = 0xffff;
constexpr std::uint8_t several_functions = 0x80;

namespace command {
constexpr std::uint16_t ports = 1 << 0;
constexpr std::uint16_t memory = 1 << 1;
constexpr std::uint16_t bus_master = 1 << 2;
constexpr std::uint16_t no_line = 1 << 10; ///< INTx# is never asserted
} // namespace command

namespace status {
constexpr std::uint16_t has_capabilities = 1 << 4;
} // namespace status

namespace bar {
constexpr std::uint32_t ports = 1;
constexpr std::uint32_t ports_mask = ~std::uint32_t{3};
constexpr std::uint32_t type_mask = 6;
constexpr std::uint32_t wide = 4; ///< 64 bits: the next register is the upper half
constexpr std::uint32_t prefetchable = 8;
constexpr std::uint32_t memory_mask = ~std::uint32_t{15};
constexpr unsigned count = 6;
constexpr unsigned count_in_bridge = 2;
} // namespace bar

enum class Capability : std::uint8_t {
    power = 0x01,
    msi = 0x05,
    vendor = 0x09,
    express = 0x10,
    msix = 0x11,
    advanced_features = 0x13,
};

/// Offsets from a capability's beginning: its number, the next one's offset, then 16 bits of its
/// own.
namespace capability {
constexpr std::uint8_t next = 1;
constexpr std::uint8_t control = 2;
} // namespace capability

namespace msi {
constexpr std::uint16_t enable = 1 << 0;
constexpr std::uint16_t several_shift = 4; ///< log2 of the vectors in use, three bits
constexpr std::uint16_t several_mask = 7 << several_shift;
constexpr std::uint16_t wide = 1 << 7; ///< the address has an upper half
constexpr std::uint8_t address = 4;
constexpr std::uint8_t data = 8; ///< 16 bits; 4 bytes on if wide
} // namespace msi

namespace msix {
constexpr std::uint16_t last_mask = 0x7ff; ///< number of table entries, less one
constexpr std::uint16_t mask_all = 1 << 14;
constexpr std::uint16_t enable = 1 << 15;
constexpr std::uint8_t table = 4; ///< BAR in the low three bits, above them its offset there
constexpr std::uint32_t bar_mask = 7;
constexpr std::uint32_t entry_bytes = 16; ///< address (64 bits), data, control
constexpr std::uint32_t entry_masked = 1; ///< of control
} // namespace msix

namespace express {
constexpr std::uint8_t device_capabilities = 4; ///< 32 bits
constexpr std::uint32_t can_reset = 1 << 28;
constexpr std::uint8_t device_control = 8; ///< 16 bits
constexpr std::uint16_t reset = 1 << 15;
} // namespace express

} // namespace formats::pci

#pragma once
// Who owns which interrupt vector. The upper four bits are the local APIC's priority class (Intel
// SDM volume 3, section 11.8.3): the timer comes before devices, calls between processors first.

#include <cstdint>

namespace kernel::arch::vector {

constexpr std::uint8_t non_maskable = 2;
constexpr std::uint8_t breakpoint = 3;
constexpr std::uint8_t double_fault = 8;
constexpr std::uint8_t page_fault = 14;
constexpr std::uint8_t machine_check = 18;
/// Exceptions lie below.
constexpr std::uint8_t exceptions = 32;

/// Where the legacy interrupt controllers are put, masked; they can still invent interrupts.
constexpr std::uint8_t legacy = 0x20;
/// Interrupts of devices: lines of the I/O APICs, then messages.
constexpr std::uint8_t first_device = 0x30;
constexpr std::uint8_t last_device = 0xdf;
constexpr std::uint8_t timer = 0xe0;
/// An IOMMU has refused an access to a device.
constexpr std::uint8_t dma_fault = 0xe1;
/// From one processor to another.
constexpr std::uint8_t processor_call = 0xf0;
/// The local APIC's own: a request that went away. Its low four bits are ones, as old ones demand.
/// It gets no end of interrupt.
constexpr std::uint8_t spurious = 0xff;

} // namespace kernel::arch::vector

#pragma once
// How an interrupt reaches a processor: what the I/O APIC is told of a line, and what a device is
// told to write to interrupt by message. Computed without a machine, so that host tests see the
// very bits.

#include <kernel/arch/x86_64/redirection_entry.hpp>
#include <kernel/arch/x86_64/vectors.hpp>

namespace kernel::arch {

/// Vectors for devices, handed out one to a line or message.
constexpr std::uint8_t first_device_vector = vector::first_device;
constexpr std::uint8_t device_vectors = vector::last_device - vector::first_device + 1;

/// Who takes it, as what.
struct Delivery {
    std::uint32_t processor = 0; ///< as the kernel numbers them
    std::uint8_t vector = 0;
    bool operator==(Delivery const&) const = default;
};

/// A line of the I/O APICs, by its number in the whole system, and how its signal is to be read.
struct LineRoute {
    std::uint32_t line = 0;
    bool level = false;
    bool active_low = false;
    Delivery to;
    bool operator==(LineRoute const&) const = default;
};

constexpr RedirectionEntry entry_of(LineRoute const& route, std::uint8_t apic, bool masked) {
    return {
        .vector = route.to.vector,
        .polarity = route.active_low ? Polarity::low : Polarity::high,
        .trigger = route.level ? Trigger::level : Trigger::edge,
        .masked = masked,
        .processor = apic,
    };
}

/// What a device writes, and where. Both words have 32 bits.
struct InterruptMessage {
    std::uint32_t address = 0;
    std::uint32_t data = 0;
    bool operator==(InterruptMessage const&) const = default;
};

/// Fixed delivery to one processor, edge-triggered (Intel SDM volume 3, section 11.11).
constexpr InterruptMessage message_to(std::uint8_t apic, std::uint8_t vector) {
    return {.address = 0xfee0'0000 | static_cast<std::uint32_t>(apic) << 12, .data = vector};
}

/// The same through the table of remapped interrupts, which is indexed by vector (VT-d
/// specification, section 5.1.2.2).
constexpr InterruptMessage remapped_message_to(std::uint8_t vector) {
    return {.address = 0xfee0'0010 | static_cast<std::uint32_t>(vector) << 5, .data = 0};
}

} // namespace kernel::arch

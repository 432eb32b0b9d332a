#pragma once
// How an interrupt reaches a processor: what an I/O APIC is told of a line, what a device is told
// to write to interrupt by message, and what the IOMMUs make of either. Computed without a machine,
// so that host tests see the very bits.

#include <kernel/arch/x86_64/vectors.hpp>

namespace kernel::arch {

/// Vectors for devices, handed out one to a line or message.
constexpr std::uint8_t first_device_vector = vector::first_device;
constexpr std::uint8_t device_vectors = vector::last_device - vector::first_device + 1;

/// Where an interrupt comes from, how its signal is to be read, and who takes it.
struct InterruptRoute {
    /// `line` of one that is no line's.
    static constexpr std::uint32_t message = ~std::uint32_t{0};

    std::uint32_t line = message; ///< of the I/O APICs, by its number in the whole system
    std::uint32_t device = 0;     ///< who may send the message: PCI segment, bus, device, function
    bool level = false;
    bool active_low = false;
    std::uint32_t processor = 0; ///< as the kernel numbers them

    bool by_message() const { return line == message; }
    bool operator==(InterruptRoute const&) const = default;
};

// The two halves of a line's entry in its I/O APIC (Intel 82093AA datasheet, section 3.2.4). With
// remapping the upper one is the index of an entry there (VT-d specification, section 5.1.5.1).
//
//    63      56                        16   15   14    13   12  11 10      8 7       0
//   | processor |        reserved     |mask|trig| irr |pol|sent|log|delivery| vector  |
//   |  index  |1|        reserved     |                       as above                |
//    63    49 48

constexpr std::uint32_t line_low(InterruptRoute const& route, std::uint8_t vector, bool masked) {
    return vector | std::uint32_t{route.active_low} << 13 | std::uint32_t{route.level} << 15 |
           std::uint32_t{masked} << 16;
}
constexpr std::uint32_t line_high(std::uint8_t apic) { return std::uint32_t{apic} << 24; }
constexpr std::uint32_t remapped_line_high(std::uint8_t vector) {
    return std::uint32_t{vector} << 17 | 1 << 16;
}

/// What a device writes, and where. Both words have 32 bits.
struct InterruptMessage {
    std::uint32_t address = 0;
    std::uint32_t data = 0;
};

/// Fixed delivery to one processor, edge-triggered (Intel SDM volume 3, section 11.11).
constexpr InterruptMessage message_to(std::uint8_t apic, std::uint8_t vector) {
    return {.address = 0xfee0'0000 | std::uint32_t{apic} << 12, .data = vector};
}
/// The index of a remapped interrupt (VT-d specification, section 5.1.2.2).
constexpr InterruptMessage remapped_message_to(std::uint8_t vector) {
    return {.address = 0xfee0'0010 | std::uint32_t{vector} << 5, .data = 0};
}

/// One entry of the table of remapped interrupts, which is indexed by vector (VT-d specification,
/// section 9.10). Only the source that it names may raise it, and others are refused in silence.
struct RemappedInterrupt {
    static constexpr std::uint64_t present = 1, silent = 2;

    std::uint64_t low = silent;
    std::uint64_t high = 0;

    static constexpr RemappedInterrupt of(bool level, std::uint8_t apic, std::uint8_t vector,
                                          std::uint32_t source) {
        constexpr std::uint64_t verify_source = 1 << 18;
        return {.low = present | silent | std::uint64_t{level} << 4 | std::uint64_t{vector} << 16 |
                       std::uint64_t{apic} << 40,
                .high = verify_source | (source & 0xffff)};
    }
};

} // namespace kernel::arch

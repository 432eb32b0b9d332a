#pragma once
// One line of an I/O APIC: which vector it raises where, and how its signal is to be read.
// (Intel 82093AA datasheet, section 3.2.4.)
//
//    63      56                        16   15   14    13   12  11 10      8 7       0
//   | processor |        reserved     |mask|trig| irr |pol|sent|log|delivery| vector  |
//
// With interrupt remapping the upper half names an entry of that table (VT-d specification, section
// 5.1.5.1): 63 to 49 its index, 48 set. Ours is indexed by vector.

#include <cstdint>

namespace kernel::arch {

enum class Trigger : std::uint8_t { edge = 0, level = 1 };
enum class Polarity : std::uint8_t { high = 0, low = 1 };

struct RedirectionEntry {
    std::uint8_t vector = 0;
    Polarity polarity = Polarity::high;
    Trigger trigger = Trigger::edge;
    bool masked = true;
    /// APIC identifier of the processor that takes it (fixed delivery, physical destination).
    std::uint8_t processor = 0;
    bool remapped = false; ///< the table says which processor

    constexpr std::uint64_t encode() const { return std::uint64_t{high()} << 32 | low(); }
    constexpr std::uint32_t low() const {
        return vector | static_cast<std::uint32_t>(polarity) << 13 |
               static_cast<std::uint32_t>(trigger) << 15 | static_cast<std::uint32_t>(masked) << 16;
    }
    constexpr std::uint32_t high() const {
        return remapped ? static_cast<std::uint32_t>(vector) << 17 | 1 << 16
                        : static_cast<std::uint32_t>(processor) << 24;
    }
};

} // namespace kernel::arch

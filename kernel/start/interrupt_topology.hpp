#pragma once
// Processors and interrupt controllers, as the firmware's MADT lists them.

#include <kernel/start/bounded_list.hpp>
#include <kernel/start/physical_reader.hpp>

#include <cstdint>

namespace kernel {

struct InterruptTopology {
    struct Controller {
        base::Phys address;
        std::uint32_t first_line = 0;
        std::uint8_t id = 0;
    };
    /// A line that isn't wired as its bus would have it.
    struct Override {
        std::uint8_t isa = 0; ///< the number that programs of old know it by
        std::uint32_t line = 0;
        bool level = false;
        bool active_low = false;
    };

    /// The local APICs of the processors that can be used, in firmware's order.
    BoundedList<std::uint8_t, 64> processors;
    BoundedList<Controller, 8> controllers;
    BoundedList<Override, 16> overrides;
    base::Phys local_apic;

    /// Entries that make no sense, or for which there is no room, are left out.
    static InterruptTopology read(Bytes madt);

    /// How the interrupt of an ISA device is wired: edge and active high unless overridden.
    Override isa(std::uint8_t number) const;
};

} // namespace kernel

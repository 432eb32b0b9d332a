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

    /// The local APICs of the processors that can be used, in firmware's order.
    BoundedList<std::uint8_t, 64> processors;
    BoundedList<Controller, 8> controllers;

    /// Entries that make no sense, or for which there is no room, are left out.
    static InterruptTopology read(Bytes madt);
};

} // namespace kernel

#pragma once
// IOMMUs, as the firmware's DMAR table lists them. Which unit serves which device is not noted: all
// units of a segment get the same tables.

#include <kernel/start/bounded_list.hpp>
#include <kernel/start/physical_reader.hpp>

#include <cstdint>

namespace kernel {

struct DmaTopology {
    struct Unit {
        base::Phys registers;
        std::uint16_t segment = 0;
        bool serves_the_rest = false; ///< every device of its segment that no other unit serves
    };
    /// What a unit serves: one function, or all that is behind a bridge.
    struct Scope {
        std::uint32_t device = 0; ///< segment, bus, device, function
        bool bridge = false;
    };
    /// Memory that firmware wants a device to reach whatever the system does.
    struct Demand {
        base::Phys first, last;
        std::uint16_t segment = 0;
    };

    BoundedList<Unit, 8> units;
    BoundedList<Scope, 128> scopes;
    BoundedList<Demand, 16> demands;
    bool whole = true; ///< no unit was left out for want of room or sense

    static DmaTopology read(Bytes dmar);

    /// True if firmware says that a unit stands before this device. What is not on the first bus of
    /// its segment is behind some bridge; the kernel knows no buses, so any bridge will do.
    bool serves(std::uint32_t device) const;

private:
    void add_unit(Bytes entry);
};

} // namespace kernel

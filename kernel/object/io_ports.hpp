#pragma once
// IoPorts: the authority over x86 ports; a capability's `data` says which range it covers.

#include <kernel/cap/slot.hpp>

#include <cstdint>

namespace kernel {

class IoPorts : public ObjectOf<abi::Kind::io_ports> {
public:
    using Rights = abi::IoPortsRights;

    static bool covers(Slot const& slot, std::uint64_t port, std::uint64_t width) {
        return port >= slot.first() && port - slot.first() + width <= slot.count();
    }

    bool destroy(unsigned&) { return true; }
};

} // namespace kernel

#pragma once
// IoPorts: the authority over x86 ports; a capability's `data` says which range it covers.

#include <kernel/cap/slot.hpp>

#include <array>
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

/// A process's ranges of enabled ports: few, each held by a reference, so that deleting the
/// capability they were enabled with takes them back.
class PortRanges {
public:
    static constexpr std::size_t most = 4;

    explicit PortRanges(Object& process)
        : ranges_{Reference{process, role}, Reference{process, role}, Reference{process, role},
                  Reference{process, role}} {}

    Reference* unused() {
        for (auto& range : ranges_)
            if (range.empty()) return &range;
        return nullptr;
    }
    std::array<Reference, most>& all() { return ranges_; }

private:
    static constexpr auto role = SlotRole::port_range;
    std::array<Reference, most> ranges_;
};

} // namespace kernel

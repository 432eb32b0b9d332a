#pragma once
// Moves bytes from a ring that others fill to a ring that others drain, so that a successor of a
// pump that died at any instruction loses and doubles nothing.

#include <protocols/terminal.hpp>
#include <protocols/transport/byte_ring.hpp>

namespace console {

/// One ring as its two peers see it.
struct RingMemory {
    protocols::RingPositions& positions;
    std::span<std::byte> data;
};

class Pump {
public:
    /// Takes over from a predecessor: what its record says was moved, is moved.
    Pump(RingMemory from, RingMemory to, protocols::terminal::TransferRecord& record);

    struct Wakes {
        bool source = false;      ///< signal who fills the source
        bool destination = false; ///< signal who drains the destination
        bool moved = false;
    };
    /// Move all that is there and fits, and set the flags by which both peers wake us. The caller
    /// signals afterwards, and may then sleep.
    Wakes run();

private:
    protocols::terminal::TransferRecord* record_;
    protocols::ByteConsumer from_;
    protocols::ByteProducer to_;

    bool move();
    bool settle();
};

} // namespace console

#pragma once
// One 16550 and the line whose rings it feeds and drains. All that must outlive the driver is in
// the rings and in the chip; this object is made anew by every incarnation.

#include <protocols/line.hpp>
#include <protocols/transport/byte_ring.hpp>

#include <cstdint>

namespace uart {

class Uart {
public:
    /// Whether a chip answers at these ports. Disturbs no bytes.
    static bool present(std::uint16_t base);

    Uart(std::uint16_t base, protocols::line::Line& line, protocols::line::Memory::Data& data);

    std::uint16_t base() const { return base_; }

    /// Silence the chip and move all bytes that can be moved, both ways; the first time, set it up
    /// before. True if the console must be signalled. `listen` must follow.
    bool service();

    /// Let the chip interrupt again. Between the two calls the line of the interrupt is low, so
    /// what is pending now makes an edge; the interrupt is acknowledged there.
    void listen();

private:
    std::uint16_t base_;
    protocols::line::Line* line_;
    protocols::ByteProducer received_;
    protocols::ByteConsumer to_send_;
    bool started_ = false;
    std::size_t burst_ = 1; ///< bytes that the transmitter takes when it is empty
    std::uint8_t enable_ = 0;

    /// Set the chip up, without clearing a FIFO that is in use. Its interrupts are off afterwards.
    void start();
    std::size_t receive();
    std::size_t transmit();
    /// Decide which interrupts are wanted and set the flags of the rings by which the console wakes
    /// us. False: something can be moved after all.
    bool settle();
    void set_speed();
};

} // namespace uart

#pragma once
// The vectors for devices, and who listens on each: a line's sharers, or the one that owns a
// message.
//
//   level    the line is masked when it fires, and unmasked when all of its sharers have
//            acknowledged
//   edge     a masked line would lose edges: it stays open. An edge for a sharer that has not
//            acknowledged is kept, and now the line is masked: one that does not stop costs one
//            interrupt more. When all have acknowledged, it is opened and all are signalled, since
//            anybody's edge may be lost
//   message  the same, but there is nothing that the kernel could mask
//
// A sharer that dies, or whose Notification does, counts as acknowledged.

#include <kernel/object/interrupt.hpp>

#include <array>
#include <optional>

namespace kernel {

class InterruptVectors {
public:
    /// The vector for one more: a line's own if it has one already. busy: the line is in use with
    /// another trigger, polarity or processor, or all vectors are taken.
    base::Result<std::uint8_t> place_for(arch::InterruptRoute const& route);
    void add(Interrupt& interrupt);
    void remove(Interrupt& interrupt);
    /// Mask or open the interrupt's line, and signal what was kept, as all of its sharers need it
    /// now.
    void settle(Interrupt& interrupt);
    /// A device's interrupt has arrived. False: nobody listens, and it is forgotten. `woken` is set
    /// to a thread that it has woken, which the caller lets run; others are ready already.
    [[gnu::always_inline]] bool fire(std::uint8_t vector, Thread*& woken);

private:
    struct Vector {
        base::List<Interrupt, &Interrupt::vector_link> sharers;
        bool open = false;  ///< the line is not masked
        bool again = false; ///< an edge came for somebody who had not acknowledged
    };
    std::array<Vector, arch::device_vectors> vectors_;
    /// Where the search for a free one goes on: a device that was not told keeps sending the old
    /// one.
    std::uint8_t next_ = 0;

    bool fire_shared(Vector& vector, Thread*& woken);
    Vector& of(Interrupt const& interrupt) {
        return vectors_[interrupt.vector_ - arch::first_device_vector];
    }
};

inline bool InterruptVectors::fire(std::uint8_t number, Thread*& woken) {
    woken = nullptr;
    auto const at = std::size_t{number} - arch::first_device_vector;
    if (at >= vectors_.size()) [[unlikely]]
        return false;
    auto& vector = vectors_[at];
    if (!vector.sharers.single()) [[unlikely]]
        return fire_shared(vector, woken);
    auto& one = vector.sharers.front();
    if (one.state_ != Interrupt::State::listening || one.route_.level) [[unlikely]]
        return fire_shared(vector, woken);
    woken = one.signal();
    return true;
}

} // namespace kernel

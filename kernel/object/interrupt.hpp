#pragma once
// Interrupt: a line of the I/O APICs, or a message that a device sends. It fires: the kernel
// signals the Notification it is bound to, and signals again only when it was acknowledged. Several
// may share a line (interrupt_vectors.hpp); a message belongs to one.

#include <kernel/cap/slot.hpp>
#include <kernel/ipc/notification.hpp>

#include <hardware.hpp>

#include <base/list.hpp>
#include <base/result.hpp>

namespace kernel {

class Interrupt : public ObjectOf<abi::Kind::interrupt> {
public:
    using Rights = abi::InterruptRights;

    Interrupt(arch::InterruptRoute const& route, std::uint8_t vector)
        : route_(route), vector_(vector) {}

    arch::InterruptRoute const& route() const { return route_; }
    std::uint8_t vector() const { return vector_; }

    /// Signal `bits` of the Notification in `source` from now on. already_bound if it is bound.
    base::Result<> bind(Slot& source, std::uint64_t bits);
    void acknowledge() { become(State::listening); }
    /// As if it had fired.
    void mask() { become(State::fired); }
    /// Nobody hears it any more; what it had not acknowledged must not keep others waiting.
    void lose_notification() { become(State::unbound); }

    bool destroy(unsigned& budget);

    base::Link vector_link;

private:
    enum class State : std::uint8_t {
        unbound,
        listening,
        fired, ///< signalled, not acknowledged
    };

    Reference notification_{*this, SlotRole::interrupt};
    arch::InterruptRoute const route_;
    std::uint8_t const vector_;
    State state_ = State::unbound;

    bool bound() const { return state_ != State::unbound; }
    bool fired() const { return state_ == State::fired; }
    void become(State state);
    /// The thread that it has woken, who is to run.
    Thread* signal() {
        state_ = State::fired;
        return notification_.as<Notification>()->raise(notification_.data);
    }

    friend class InterruptVectors;
};

} // namespace kernel

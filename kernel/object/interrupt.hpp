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

    /// `line` of a route that is no line's.
    static constexpr std::uint32_t message = ~std::uint32_t{0};

    explicit Interrupt(arch::LineRoute const& route) : route_(route) {}

    bool by_message() const { return route_.line == message; }
    arch::LineRoute const& route() const { return route_; }

    /// Signal `bits` of the Notification in `source` from now on. already_bound if it is bound.
    base::Result<> bind(Slot& source, std::uint64_t bits);
    void acknowledge();
    void mask();
    /// Nobody hears it any more; what it had not acknowledged must not keep others waiting.
    void lose_notification();

    bool destroy(unsigned& budget);

    base::Link vector_link;

private:
    Reference notification_{*this, SlotRole::interrupt};
    std::uint64_t bits_ = 0;
    arch::LineRoute route_;
    bool pending_ = false; ///< signalled, not acknowledged
    bool masked_ = true;   ///< at its holder's wish

    bool bound() const { return !notification_.empty(); }
    bool listening() const { return bound() && !masked_; }
    /// The thread that it has woken, who is to run.
    Thread* signal() {
        pending_ = true;
        return notification_.as<Notification>()->raise(notification_.data ? notification_.data
                                                                          : bits_);
    }

    friend class InterruptVectors;
};

} // namespace kernel

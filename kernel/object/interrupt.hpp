#pragma once
// Interrupt: one line of the I/O APIC. It fires: the kernel masks it and signals the Notification it
// is bound to; acknowledge unmasks it. Lines are shared: a line is unmasked when all of its bound
// interrupts have acknowledged, and one that dies counts as acknowledged.

#include <kernel/cap/slot.hpp>
#include <kernel/object/destruction.hpp>

#include <base/list.hpp>
#include <base/result.hpp>

namespace kernel {

class Interrupt : public ObjectOf<abi::Kind::interrupt> {
public:
    using Rights = abi::InterruptRights;

    Interrupt(std::uint32_t line, bool level, bool active_low)
        : line_(line), level_(level), active_low_(active_low) {}

    std::uint32_t line() const { return line_; }

    /// Signal `bits` of the Notification in `source` from now on, and unmask. already_bound if it is
    /// bound.
    base::Result<> bind(Slot& source, std::uint64_t bits);
    void acknowledge();
    void mask();
    /// Nobody hears it any more; what it had not acknowledged must not keep others waiting.
    void lose_notification();
    /// The line fired. True if a signal was sent.
    bool fire();

    Destruction destroy(unsigned& budget);

    base::Link line_link;

private:
    Reference notification_{*this, SlotRole::interrupt};
    std::uint64_t bits_ = 0;
    std::uint32_t const line_;
    bool const level_;
    bool const active_low_;
    bool pending_ = false; ///< signalled, not acknowledged
    bool masked_ = true;   ///< at its holder's wish
    bool on_line_ = false;

    friend class InterruptLines;
};

/// The lines of the I/O APICs, and who listens on each.
class InterruptLines {
public:
    static constexpr std::uint32_t count = 64;

    /// False: there is no such line, or it is in use with another trigger or polarity.
    bool add(Interrupt& interrupt);
    void remove(Interrupt& interrupt);
    /// Mask or unmask the line, as those who share it need it now.
    void update(std::uint32_t line);
    /// An interrupt of this line has arrived. False: nobody listens.
    bool fire(std::uint32_t line);

private:
    base::List<Interrupt, &Interrupt::line_link> lines_[count];
};

} // namespace kernel

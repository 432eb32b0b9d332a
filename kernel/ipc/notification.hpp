#pragma once
// Notification: 64 independent bits. Signal sets some; wait takes all that are set. A Notification
// may be bound to one thread, whose receives then end on a signal too.

#include <kernel/object/thread.hpp>

namespace kernel {

class Notification : public ObjectOf<abi::Kind::notification> {
public:
    using Rights = abi::NotificationRights;

    Thread::Queue waiters;
    Thread* bound = nullptr;

    /// Set `bits`: hand them to whoever waits, or keep them.
    void signal(std::uint64_t bits);
    /// The same; a thread that they have woken is left to the caller, who lets it run.
    Thread* raise(std::uint64_t bits) {
        bits_ |= bits;
        return bits_ && (bound || !waiters.empty()) ? deliver() : nullptr;
    }
    /// Signal what an object was bound to, if it still is: its reference's `data` says which bits.
    static void signal_by(Reference const& reference) {
        if (auto* const to = reference.as<Notification>()) to->signal(reference.data);
    }

    /// Take all bits that are set; 0 if none is.
    std::uint64_t take() {
        auto const bits = bits_;
        bits_ = 0;
        return bits;
    }
    bool any() const { return bits_ != 0; }
    /// They are what a receive brings.
    void answer_receive(Frame& frame);

    bool destroy(unsigned& budget);

private:
    std::uint64_t bits_ = 0;

    Thread* deliver();
};

} // namespace kernel

#include <kernel/object/interrupt_vectors.hpp>

#include <kernel/object/thread.hpp>

namespace kernel {

base::Result<std::uint8_t> InterruptVectors::place_for(arch::LineRoute const& route) {
    auto const number = [](std::size_t at) {
        return static_cast<std::uint8_t>(arch::first_device_vector + at);
    };
    if (route.line != Interrupt::message) {
        for (std::size_t at = 0; at < vectors_.size(); at++) {
            if (vectors_[at].sharers.empty() ||
                vectors_[at].sharers.front().route_.line != route.line)
                continue;
            auto wanted = route;
            wanted.to.vector = number(at);
            if (vectors_[at].sharers.front().route_ != wanted) return base::fail(abi::Error::busy);
            return number(at);
        }
    }
    for (std::size_t n = 0; n < vectors_.size(); n++) {
        auto const at = (next_ + n) % vectors_.size();
        if (vectors_[at].sharers.empty()) return number(at);
    }
    return base::fail(abi::Error::busy);
}

void InterruptVectors::add(Interrupt& interrupt, std::uint8_t vector) {
    interrupt.route_.to.vector = vector;
    auto& sharers = of(interrupt).sharers;
    if (sharers.empty()) {
        next_ = static_cast<std::uint8_t>(vector + 1 - arch::first_device_vector);
        if (!interrupt.by_message()) arch::route_line(interrupt.route_);
    }
    sharers.push_back(interrupt);
}

void InterruptVectors::remove(Interrupt& interrupt) {
    if (!interrupt.vector_link.linked()) return;
    // Nobody listens to it any more: the line is masked if it was the last.
    of(interrupt).sharers.remove(interrupt);
    settle(interrupt);
}

void InterruptVectors::settle(Interrupt& interrupt) {
    auto const& route = interrupt.route_; // the same for all sharers, if there are any
    auto& vector = of(interrupt);
    bool pending = false, heard = false;
    for (auto const& one : vector.sharers) {
        pending |= one.pending_;
        heard |= one.listening();
    }
    vector.again &= heard;
    bool const open = heard && !(pending && (route.level || vector.again));
    if (open != vector.open && !interrupt.by_message()) arch::set_masked(route, !open);
    vector.open = open;
    if (!vector.again || pending) return;
    vector.again = false;
    for (auto& one : vector.sharers)
        if (one.listening())
            if (auto* const woken = one.signal()) woken->run();
}

bool InterruptVectors::fire_shared(Vector& vector, Thread*& woken) {
    bool heard = false, close = false;
    for (auto& one : vector.sharers) {
        if (!one.listening()) continue;
        heard = true;
        close |= one.route_.level || one.pending_;
        if (one.pending_) {
            vector.again = !one.route_.level;
        } else if (auto* const thread = one.signal()) {
            if (woken) woken->run();
            woken = thread;
        }
    }
    if (close) settle(vector.sharers.front());
    return heard;
}

} // namespace kernel

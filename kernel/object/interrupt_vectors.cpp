#include <kernel/object/interrupt_vectors.hpp>

#include <kernel/object/thread.hpp>

namespace kernel {

base::Result<std::uint8_t> InterruptVectors::place_for(arch::InterruptRoute const& route) {
    std::optional<std::uint8_t> free;
    for (std::size_t n = 0; n < vectors_.size(); n++) {
        auto const at = (next_ + n) % vectors_.size();
        auto const number = static_cast<std::uint8_t>(arch::first_device_vector + at);
        auto& sharers = vectors_[at].sharers;
        if (sharers.empty()) {
            if (!free) free = number;
        } else if (!route.by_message() && sharers.front().route_.line == route.line) {
            if (sharers.front().route_ != route) return base::fail(abi::Error::busy);
            return number;
        }
    }
    if (!free) return base::fail(abi::Error::busy);
    return *free;
}

void InterruptVectors::add(Interrupt& interrupt) {
    auto& sharers = of(interrupt).sharers;
    if (sharers.empty()) {
        next_ = static_cast<std::uint8_t>(interrupt.vector_ + 1 - arch::first_device_vector);
        arch::connect(interrupt.route_, interrupt.vector_);
    }
    sharers.push_back(interrupt);
}

void InterruptVectors::remove(Interrupt& interrupt) {
    auto& sharers = of(interrupt).sharers;
    sharers.remove(interrupt);
    if (sharers.empty()) arch::disconnect(interrupt.route_, interrupt.vector_);
}

void InterruptVectors::settle(Interrupt& interrupt) {
    auto const& route = interrupt.route_; // the same for all sharers
    auto& vector = of(interrupt);
    bool fired = false, heard = false;
    for (auto const& one : vector.sharers) {
        fired |= one.fired();
        heard |= one.bound();
    }
    vector.again &= heard;
    bool const open = heard && !(fired && (route.level || vector.again));
    if (open != vector.open && !route.by_message())
        arch::set_masked(route, interrupt.vector_, !open);
    vector.open = open;
    if (!vector.again || fired) return;
    vector.again = false;
    for (auto& one : vector.sharers)
        if (one.bound())
            if (auto* const woken = one.signal()) woken->run();
}

bool InterruptVectors::fire_shared(Vector& vector, Thread*& woken) {
    bool heard = false, close = false;
    for (auto& one : vector.sharers) {
        if (!one.bound()) continue;
        heard = true;
        close |= one.route_.level || one.fired();
        if (one.fired()) {
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

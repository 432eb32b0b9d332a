#pragma once
// Signals that were sent and not yet taken, of a task or a process. Standard signals stand once;
// real-time signals queue, in order, from a bounded pool.

#include <servers/linux/signal/signal.hpp>

#include <array>
#include <cstdint>
#include <memory>

namespace personality {

class PendingSignals {
public:
    PendingSignals() = default;
    ~PendingSignals() { clear(); }
    PendingSignals(PendingSignals const&) = delete;
    PendingSignals& operator=(PendingSignals const&) = delete;

    SignalSet set() const { return set_; }
    std::uint32_t count() const { return count_; }
    /// Add a signal. A standard one that stands already is dropped; so is the information (not the
    /// signal) if there is no memory. False: a real-time signal found no room (EAGAIN).
    bool add(SignalInfo const& info, std::uint32_t limit = 4096);
    /// Take the first signal of `from`: the lowest number, oldest first.
    SignalInfo take(SignalSet from);
    void discard(SignalSet signals);
    void clear() { discard(SignalSet(~std::uint64_t{0})); }

private:
    struct Entry {
        SignalInfo info;
        std::unique_ptr<Entry> next;
    };
    std::unique_ptr<Entry> first_; ///< in order of arrival
    SignalSet set_;
    std::uint32_t count_ = 0;
};

} // namespace personality

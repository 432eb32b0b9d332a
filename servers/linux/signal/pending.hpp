#pragma once
// Signals that were sent and not yet taken, of a task or a process. Standard signals stand once;
// real-time signals queue, in order, from a bounded pool.

#include <servers/linux/process/user_account.hpp>
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
    /// Add a signal. A standard one that stands already is dropped, unless a timer sends it: that
    /// is told apart. If there is no memory, or the user has `limit` signals waiting, a standard
    /// signal, and one by kill, loses its information, not itself. False: a real-time signal that
    /// carries something found no room (EAGAIN).
    bool add(SignalInfo const& info, UserAccount* account = nullptr, std::uint64_t limit = 4096);
    /// Take the first signal of `from`: what faults cause first, then the lowest number, oldest
    /// first.
    SignalInfo take(SignalSet from);
    /// Whether the signal of a timer waits.
    bool holds_timer(std::uint32_t serial) const;
    void discard(SignalSet signals);
    void clear() { discard(SignalSet(~std::uint64_t{0})); }

private:
    struct Entry {
        SignalInfo info;
        Ref<UserAccount> account;
        std::unique_ptr<Entry> next;

        ~Entry() {
            if (account) account->queued--;
        }
    };
    std::unique_ptr<Entry> first_; ///< in order of arrival
    SignalSet set_;
    std::uint32_t count_ = 0;
};

} // namespace personality

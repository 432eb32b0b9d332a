#pragma once
// What a process does on each signal (rt_sigaction); shared by CLONE_SIGHAND.

#include <servers/linux/fs/ref.hpp>
#include <servers/linux/signal/signal.hpp>
#include <servers/linux/user_memory.hpp>
#include <servers/linux/wait_queue.hpp>

#include <array>

namespace personality {

/// struct kernel_sigaction of x86-64.
struct SignalAction {
    UserAddress handler = 0; ///< 0 default, 1 ignore
    std::uint64_t flags = 0;
    UserAddress restorer = 0;
    std::uint64_t mask = 0;

    static constexpr std::uint64_t no_child_stop = 1, no_child_wait = 2, siginfo = 4,
                                   restorer_set = 0x0400'0000, on_stack = 0x0800'0000,
                                   restart = 0x1000'0000, no_defer = 0x4000'0000,
                                   reset_hand = 0x8000'0000;
    /// All flags there are; a program that asks for others sees that they are gone.
    static constexpr std::uint64_t known = 0xdc00'0807;
    bool is_default() const { return handler == 0; }
    bool ignores() const { return handler == 1; }
    bool has(std::uint64_t flag) const { return (flags & flag) != 0; }
};
static_assert(sizeof(SignalAction) == 32);

class SignalHandlers : public Counted {
public:
    SignalAction& operator[](Signal signal) {
        return actions_[static_cast<std::uint32_t>(signal) - 1];
    }
    Ref<SignalHandlers> copy() const;
    /// Woken when a signal has come that is blocked or waits to be taken (signalfd).
    WaitQueue arrivals;
    /// exec: handlers go back to the default, what is ignored stays ignored.
    void reset_caught();

private:
    std::array<SignalAction, signal_count> actions_{};
};

} // namespace personality

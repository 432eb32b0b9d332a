#pragma once
// What becomes of a call that a signal interrupted (Linux: handle_signal and arch_do_signal).

#include <servers/linux/outcome.hpp>

namespace personality {

enum class Restart : std::uint8_t {
    none,  ///< the result stands
    eintr, ///< it ends with EINTR
    again, ///< it is made again with the same arguments
    block, ///< restart_syscall is made in its place
};

/// If a handler runs.
constexpr Restart restart_with_handler(Outcome outcome, bool handler_restarts) {
    if (outcome.is(Errno::restart_no_intr)) return Restart::again;
    if (outcome.is(Errno::restart_sys)) return handler_restarts ? Restart::again : Restart::eintr;
    if (outcome.is(Errno::restart_no_hand) || outcome.is(Errno::restart_block))
        return Restart::eintr;
    return Restart::none;
}

/// If none does.
constexpr Restart restart_without_handler(Outcome outcome) {
    if (outcome.is(Errno::restart_no_intr) || outcome.is(Errno::restart_sys) ||
        outcome.is(Errno::restart_no_hand))
        return Restart::again;
    return outcome.is(Errno::restart_block) ? Restart::block : Restart::none;
}

} // namespace personality

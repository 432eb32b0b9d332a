#pragma once
// The stack that handlers with SA_ONSTACK run on (sigaltstack).

#include <servers/linux/signal/frame.hpp>

#include <cstdint>

namespace personality {

class Task;
struct SignalStack;

namespace stack_flag {
constexpr std::uint32_t on_stack = 1, disabled = 2, auto_disarm = 0x8000'0000;
}

/// Whether a program with this stack pointer runs on it. One that is taken away by each handler is
/// never seen from inside.
bool on_alternate(SignalStack const& stack, UserAddress pointer);
/// As programs are told of it.
SignalStackWords alternate_words(SignalStack const& stack, UserAddress pointer);
/// EPERM: it is in use; EINVAL: no such flags; ENOMEM: it is too small.
Result<> set_alternate(Task& task, SignalStackWords const& wanted, UserAddress pointer);

} // namespace personality

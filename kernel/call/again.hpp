#pragma once
// How a long operation asks to be called again: an error value outside abi's list, which never
// reaches a user. The dispatcher sets the thread back to its system-call instruction, so interrupts
// get their turn and the call goes on where its progress was kept.

#include <abi/error.hpp>

namespace kernel {

constexpr auto again = static_cast<abi::Error>(0x1000);
/// The target of the call is gone already, and only teardown is left: come back as abi::Reap.
constexpr auto again_as_reap = static_cast<abi::Error>(0x1001);
/// The call has put the thread into a wait, or has set its registers itself.
constexpr auto no_result = static_cast<abi::Error>(0x1002);

} // namespace kernel

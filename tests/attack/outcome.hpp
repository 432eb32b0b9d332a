#pragma once
// What an attack has found: a TEST line of the kernel's log.

#include <runtime/lab/outcome.hpp>

namespace attack {

using lab::Outcome;

} // namespace attack

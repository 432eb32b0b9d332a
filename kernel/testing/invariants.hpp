#pragma once
// What holds between two steps of the kernel, whatever was called. The checker walks everything
// that can be reached and compares each fact with its counterpart elsewhere.

#include <kernel/testing/world.hpp>

#include <string>

namespace kernel::testing {

/// The first few invariants that don't hold, a line each; empty if all do.
std::string broken_invariants(World& world);

} // namespace kernel::testing

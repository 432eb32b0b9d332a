#pragma once
// Gives every service what it holds for life, once, before any of them runs: its program is found
// and checked, and the machine's memory is divided.

#include <servers/supervisor/builder.hpp>
#include <servers/supervisor/ram.hpp>

namespace supervisor {

/// What provisioning takes from, and needs to know.
struct Sources {
    Ram& ram;
    runtime::Endpoint faults; ///< of the supervisor: where services' faults go
};

/// A service that can't be provided for is reported, and left in state `failed`.
base::Result<> provision(World& world, Sources const& sources);

/// The badge by which the supervisor knows whose fault a message tells of.
constexpr abi::Word fault_badge(std::uint32_t service) { return service + 1; }

} // namespace supervisor

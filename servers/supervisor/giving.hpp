#pragma once
// What a service is given besides its own objects, as the manifest says.

#include <servers/supervisor/builder.hpp>

namespace supervisor {

/// Its sessions, as client and as server: memory, the peer's Notification, the server's Endpoint.
base::Result<> give_sessions(World& world, Child& child);

/// Ports, interrupts, RAM, archives, Control, the logs.
base::Result<> give_resources(World& world, Child& child);

} // namespace supervisor

#pragma once
// Builds incarnations of services, and takes them apart.

#include <servers/supervisor/boot_files.hpp>
#include <servers/supervisor/child.hpp>
#include <servers/supervisor/records.hpp>
#include <servers/supervisor/service.hpp>
#include <servers/supervisor/sessions.hpp>

#include <span>

namespace supervisor {

/// What building looks at besides the service itself.
struct World {
    BootFiles const& files;
    protocols::manifest::Manifest const& manifest;
    std::span<Service> services;
    Records& records;
    Sessions& sessions;
    runtime::Notification events; ///< the supervisor's own
    /// The signal by which we hear that service i ended.
    abi::Word end_bit(std::uint32_t service) const { return abi::Word{1} << (32 + service); }
};

/// Makes the process, gives it what the manifest says, and lets it run. If it fails half-way,
/// `take_apart` clears up.
base::Result<> build(World& world, Service& service);

/// Ends what there is of the incarnation, and everything it made and was lent is gone. Nothing that
/// it does can keep this from succeeding.
void take_apart(Service& service);

} // namespace supervisor

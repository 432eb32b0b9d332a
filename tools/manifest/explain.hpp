#pragma once
// A policy in sentences: what each service has, who can reach whom, and what differs.

#include <tools/manifest/policy.hpp>

#include <string>

namespace policy {

/// Every service and all it gets.
std::string explain(Policy const& policy);

/// Who can call `service`, directly or through others, and what it can reach itself. Empty if there
/// is no such service.
std::string who_can_reach(Policy const& policy, std::string const& service);

/// What `after` grants that `before` does not, and the other way round, line by line; empty if
/// nothing.
std::string difference(Policy const& before, Policy const& after);

} // namespace policy

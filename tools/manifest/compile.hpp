#pragma once
// From a checked policy to the bytes that the supervisor reads.

#include <tools/manifest/policy.hpp>

#include <string>

namespace policy {

/// Throws std::runtime_error if the result would not be accepted by the supervisor's own reader.
std::string compile(Policy const& policy);

} // namespace policy

#pragma once
// From TOML to a Policy. Whether the policy makes sense as a whole is for check.hpp.

#include <tools/manifest/complaints.hpp>
#include <tools/manifest/policy.hpp>

#include <string_view>

namespace policy {

/// Reads as much as it can, and complains of every key that is unknown or of the wrong type.
Policy parse(std::string_view text, std::string const& file, Complaints& complaints);

} // namespace policy

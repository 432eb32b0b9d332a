#pragma once
// Whether a policy makes sense as a whole.

#include <tools/manifest/complaints.hpp>
#include <tools/manifest/policy.hpp>

#include <set>

namespace policy {

/// Everything named exists, nothing is given out twice, sizes are sane, calls have no circle.
/// `programs`: those that there are; empty: not known.
void check(Policy const& policy, std::set<std::string> const& programs, Complaints& complaints);

} // namespace policy

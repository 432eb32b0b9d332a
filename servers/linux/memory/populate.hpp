#pragma once
// Bringing pages in before they are touched: MAP_POPULATE, mlock, MADV_POPULATE_*.

#include <servers/linux/call.hpp>

#include <cstdint>

namespace personality {

/// Bring in the pages of [at, end), some at each run so that nobody waits long for us: until it no
/// longer blocks, the call is to run it again with what `at` has become. `wanted` is an access, or
/// none: what each area allows, areas that allow nothing passed over. Errors are those of
/// ProgramSpace::fault; ENOMEM also for a hole.
Outcome populate(Call& call, std::uint64_t& at, std::uint64_t end, std::uint32_t wanted);

} // namespace personality

#pragma once
// Whether new memory is locked, and may be (mlock, MAP_LOCKED, MCL_FUTURE).

#include <servers/linux/errno.hpp>

#include <cstdint>

namespace personality {

class Task;

namespace calls {

/// True if `pages` of a new mapping are to be locked, `asked` for or because all are. EAGAIN:
/// RLIMIT_MEMLOCK forbids it.
Result<bool> locks_new(Task& task, std::uint64_t pages, bool asked);

} // namespace calls
} // namespace personality

#pragma once
// The ranges of addresses that calls are given.

#include <servers/linux/errno.hpp>
#include <servers/linux/memory/program_space.hpp>

#include <base/address.hpp>

namespace personality {

/// The page-aligned end of a range. EINVAL: its start is on no page; `too_far`: it leaves the
/// program's addresses.
inline Result<std::uint64_t> end_of(std::uint64_t start, std::uint64_t bytes, Errno too_far) {
    if (start % page_bytes != 0) return fail(Errno::inval);
    if (bytes > layout::task_end) return fail(too_far);
    std::uint64_t const end = start + base::align_up(bytes, page_bytes);
    if (end > layout::task_end || end < start) return fail(too_far);
    return end;
}

} // namespace personality

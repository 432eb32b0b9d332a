#pragma once
// What a task, process or family has used up.

#include <algorithm>
#include <cstdint>

namespace personality {

struct ResourceCount {
    std::uint64_t used_ns = 0; ///< processor time: the kernel tells one for all that is done
    std::uint64_t faults = 0;
    std::uint64_t waits = 0;    ///< times it gave up the processor by itself
    std::uint64_t resident = 0; ///< most pages at once; of several, the largest

    void add(ResourceCount const& other) {
        used_ns += other.used_ns;
        faults += other.faults;
        waits += other.waits;
        resident = std::max(resident, other.resident);
    }
};

} // namespace personality

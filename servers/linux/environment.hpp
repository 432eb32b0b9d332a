#pragma once
// What every part of the server may use, and tests can make for themselves: memory, time, chance.

#include <servers/linux/memory/frame_pool.hpp>

#include <cstdint>
#include <span>

namespace personality {

/// Time in ns. A test's clock stands still until it is moved.
class Clock {
public:
    virtual ~Clock() = default;
    virtual std::uint64_t monotonic() const = 0;
    virtual std::uint64_t realtime() const = 0; ///< since 1970-01-01 UTC
    virtual void set_realtime(std::uint64_t) {}
};

class Random {
public:
    virtual ~Random() = default;
    virtual void fill(std::span<std::byte> bytes) = 0;
};

struct Environment {
    FramePool& frames;
    Clock& clock;
    Random& random;
};

} // namespace personality

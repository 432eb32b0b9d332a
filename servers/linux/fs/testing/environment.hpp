#pragma once
// An environment for host tests: some megabytes of frames, a clock that stands still until it is
// moved, and a generator that always says the same.

#include <servers/linux/environment.hpp>
#include <servers/linux/fs/random/generator.hpp>

#include <cstdlib>
#include <span>

namespace personality::testing {

class StandingClock final : public Clock {
public:
    std::uint64_t monotonic() const override { return now; }
    std::uint64_t realtime() const override { return now; }
    std::uint64_t now = 1'700'000'000'000'000'000;
    void pass_seconds(std::uint64_t seconds) { now += seconds * 1'000'000'000; }
};

class Ram {
public:
    explicit Ram(std::size_t pages)
        : bytes_(static_cast<std::byte*>(std::aligned_alloc(page_bytes, pages * page_bytes))),
          pages_(pages) {
        if (!pool.add_ram({bytes_, pages * page_bytes}, 1)) std::abort();
    }
    ~Ram() { std::free(bytes_); }
    FramePool pool;
    std::size_t pages() const { return pages_; }

private:
    std::byte* bytes_;
    std::size_t pages_;
};

struct TestEnvironment {
    explicit TestEnvironment(std::size_t pages = 2048) : ram(pages) {}
    Ram ram;
    StandingClock clock;
    RandomGenerator random;
    Environment environment{ram.pool, clock, random};
};

} // namespace personality::testing

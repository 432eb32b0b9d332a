#pragma once
// Time from the kernel's clock page, and the wall clock as programs have set it.

#include <servers/linux/environment.hpp>

#include <runtime/clock.hpp>

namespace personality {

class SkerryClock final : public Clock {
public:
    std::uint64_t monotonic() const override { return runtime::now_ns(); }
    std::uint64_t realtime() const override {
        return runtime::environment().clock->wall_offset_ns + runtime::now_ns() + moved_;
    }
    void set_realtime(std::uint64_t ns) override { moved_ += ns - realtime(); }

private:
    std::uint64_t moved_ = 0; ///< modulo 2^64
};

} // namespace personality

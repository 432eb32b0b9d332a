#pragma once
// Time from the kernel's clock page, and the wall clock as programs have set it.

#include <servers/linux/environment.hpp>
#include <servers/linux/vdso/vdso.hpp>

#include <runtime/clock.hpp>

namespace personality {

class SkerryClock final : public Clock {
public:
    std::uint64_t monotonic() const override { return runtime::now_ns(); }
    std::uint64_t realtime() const override { return wall_offset() + runtime::now_ns(); }
    void set_realtime(std::uint64_t ns) override {
        moved_ += ns - realtime();
        if (vdso_ != nullptr)
            vdso_->change([this](TimePage& time) { time.wall_offset_ns = wall_offset(); });
    }

    /// Let programs read the same time by themselves from now on.
    void share(Vdso& vdso, std::uint32_t processors, bool numbered) {
        auto const& clock = *runtime::environment().clock;
        vdso_ = &vdso;
        vdso.change([&](TimePage& time) {
            time.processors = processors;
            time.numbered = numbered ? 1 : 0;
            time.base_tsc = clock.base_tsc; // written once, before we were
            time.base_ns = clock.base_ns;
            time.multiplier = clock.multiplier;
            time.wall_offset_ns = wall_offset();
        });
    }

private:
    Vdso* vdso_ = nullptr;
    std::uint64_t moved_ = 0; ///< modulo 2^64

    std::uint64_t wall_offset() const {
        return runtime::environment().clock->wall_offset_ns + moved_;
    }
};

} // namespace personality

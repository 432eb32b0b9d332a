#include <kernel/arch/x86_64/calibration.hpp>

#include <kernel/arch/x86_64/instructions.hpp>
#include <kernel/arch/x86_64/interval_timer.hpp>

#include <optional>

namespace kernel::arch {
namespace {

/// Slower or faster than this no counter of our processors runs: a figure beyond is no figure.
constexpr std::uint64_t slowest_hz = 100'000'000;
constexpr std::uint64_t fastest_hz = 10'000'000'000;

constexpr std::uint32_t measured_counts = IntervalTimer::hz / 100; // 10 ms

std::optional<std::uint64_t> credible(std::uint64_t hz) {
    if (hz < slowest_hz || hz > fastest_hz) return std::nullopt;
    return hz;
}

std::optional<std::uint64_t> announced_tsc_hz() {
    // Hypervisors: leaf 0x4000'0010 holds the rate in kHz, if the range reaches so far.
    if ((cpuid(1).ecx >> 31 & 1) != 0 && cpuid(0x4000'0000).eax >= 0x4000'0010)
        if (auto hz = credible(cpuid(0x4000'0010).eax * std::uint64_t{1000})) return hz;
    // Intel SDM volume 3, section 19.7.3: crystal clock and ratio. The base frequency (leaf 0x16)
    // is a label, not the counter's rate, and is not used.
    if (cpuid(0).eax >= 0x15) {
        auto const r = cpuid(0x15);
        if (r.eax != 0 && r.ebx != 0 && r.ecx != 0)
            return credible(static_cast<std::uint64_t>(r.ecx) * r.ebx / r.eax);
    }
    return std::nullopt;
}

/// The three counters, read as nearly at one time as we can.
struct Moment {
    std::uint64_t tsc;
    std::uint32_t apic;
    std::uint16_t pit;
};

/// Of a few attempts the one that took the least time: a stolen moment in between (an emulator's
/// host, a system-management interrupt) would make the three disagree.
Moment look(IntervalTimer const& timer, LocalApic const& apic) {
    Moment best{};
    std::uint64_t shortest = ~std::uint64_t{0};
    for (int attempt = 0; attempt < 5; attempt++) {
        std::uint64_t const before = read_tsc();
        std::uint32_t const apic_count = apic.timer_count();
        std::uint16_t const count = timer.count();
        std::uint64_t const took = read_tsc() - before;
        if (took >= shortest) continue;
        shortest = took;
        best = {before + took / 2, apic_count, count};
    }
    return best;
}

} // namespace

Rates measure_rates(LocalApic& apic) {
    IntervalTimer timer;
    timer.start();
    apic.start_counting();
    Moment const first = look(timer, apic);
    while (first.pit - timer.count() < static_cast<int>(measured_counts)) pause();
    Moment const last = look(timer, apic);
    apic.stop_timer();

    auto const counts = static_cast<std::uint64_t>(first.pit - last.pit);
    auto const per_second = [&](std::uint64_t ticks) { return ticks * IntervalTimer::hz / counts; };
    auto const announced = announced_tsc_hz();
    return {
        .tsc_hz = announced.value_or(per_second(last.tsc - first.tsc)),
        .apic_timer_hz = per_second(first.apic - last.apic),
        .tsc_rate_known = announced.has_value(),
    };
}

} // namespace kernel::arch

#include <kernel/arch/x86_64/calibration.hpp>

#include <kernel/arch/x86_64/instructions.hpp>
#include <kernel/arch/x86_64/interval_timer.hpp>

#include <optional>

namespace kernel::arch {
namespace {

/// Slower or faster than this no counter of our processors runs: a figure beyond is no figure.
constexpr std::uint64_t slowest_hz = 100'000'000;
constexpr std::uint64_t fastest_hz = 10'000'000'000;

constexpr std::uint32_t measured_counts = IntervalTimer::hz / 200; // 5 ms, twice
constexpr int most_measurements = 20;

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

/// A counter's value, and when it had it.
struct Reading {
    std::uint64_t tsc;
    std::uint32_t count;
};

/// Of several attempts the quickest: a stolen moment in between (an emulator's host, a system-
/// management interrupt, cold caches) would part the two. `sample` catches the counter's value,
/// `value` tells it.
template <class Sample, class Value> Reading read_counter(Sample sample, Value value) {
    Reading best{};
    std::uint64_t shortest = ~std::uint64_t{0};
    for (int attempt = 0; attempt < 16; attempt++) {
        std::uint64_t const before = read_tsc();
        sample();
        std::uint64_t const took = read_tsc() - before;
        std::uint32_t const count = value();
        if (took >= shortest) continue;
        shortest = took;
        best = {before + took / 2, count};
    }
    return best;
}

Reading read_interval_timer(IntervalTimer const& timer) {
    return read_counter([&] { timer.latch(); }, [&] { return std::uint32_t{timer.latched()}; });
}

Reading read_apic_timer(LocalApic const& apic) {
    std::uint32_t count = 0;
    return read_counter([&] { count = apic.timer_count(); }, [&] { return count; });
}

/// The counter's rate over some milliseconds. The interval timer begins anew after 55 ms and
/// doesn't tell: none if that was seen, and too high if it was not.
std::optional<std::uint64_t> measured_tsc_hz(IntervalTimer& timer) {
    timer.start();
    Reading const first = read_interval_timer(timer);
    Reading last = first;
    while (last.count <= first.count && first.count - last.count < measured_counts)
        last = read_interval_timer(timer);
    if (last.count > first.count) return std::nullopt;
    // Below 2^64: seconds are short and ticks few.
    return credible((last.tsc - first.tsc) * IntervalTimer::hz / (first.count - last.count));
}

/// The lowest of several, as soon as another agrees with it: a busy host keeps us from looking.
std::uint64_t agreed_tsc_hz(IntervalTimer& timer) {
    std::uint64_t lowest = fastest_hz; // slow time rather than none
    for (int i = 0; i < most_measurements; i++) {
        auto const hz = measured_tsc_hz(timer).value_or(fastest_hz);
        bool const agrees = (hz > lowest ? hz - lowest : lowest - hz) <= lowest / 128;
        lowest = hz < lowest ? hz : lowest;
        if (agrees && lowest != fastest_hz) break;
    }
    return lowest;
}

} // namespace

Rates measure_rates(LocalApic& apic) {
    IntervalTimer timer;
    apic.start_counting();
    Reading const first = read_apic_timer(apic);
    auto const announced = announced_tsc_hz();
    std::uint64_t const measured = agreed_tsc_hz(timer);
    Reading const last = read_apic_timer(apic);
    apic.stop_timer();

    std::uint64_t const tsc_hz = announced.value_or(measured);
    auto const times_a_second = Scale::ratio(tsc_hz, last.tsc - first.tsc);
    return {
        .tsc_hz = tsc_hz,
        .apic_timer_hz = times_a_second(first.count - last.count),
        .tsc_rate_known = announced.has_value(),
    };
}

} // namespace kernel::arch

#include <kernel/arch/x86_64/calibration.hpp>

#include <kernel/arch/x86_64/instructions.hpp>

#include <optional>

namespace kernel::arch {
namespace {

/// Slower or faster than this no counter of our processors runs: a figure beyond is no figure.
constexpr std::uint64_t slowest_hz = 100'000'000;
constexpr std::uint64_t fastest_hz = 10'000'000'000;

/// The legacy interval timer (Intel 8254): a known span of time. Its channel 2 counts down at this
/// rate; of the gate's port bit 0 lets it, bit 1 is the speaker.
constexpr std::uint32_t interval_hz = 1'193'182;
constexpr std::uint16_t channel_2 = 0x42;
constexpr std::uint16_t interval_command = 0x43;
constexpr std::uint16_t gate = 0x61;

constexpr std::uint32_t measured_counts = interval_hz / 200; // 5 ms, twice
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

/// From 65,535 to 0, once and without a sound.
void start_interval_timer() {
    out8(gate, (in8(gate) & 0xfc) | 1);
    out8(interval_command, 0xb0);
    out8(channel_2, 0xff);
    out8(channel_2, 0xff);
}

Reading read_interval_timer() {
    return read_counter([] { out8(interval_command, 0x80); }, // holds the count until it is read
                        [] {
                            std::uint32_t const low = in8(channel_2);
                            return low | std::uint32_t{in8(channel_2)} << 8;
                        });
}

Reading read_apic_timer(LocalApic const& apic) {
    std::uint32_t count = 0;
    return read_counter([&] { count = apic.timer_count(); }, [&] { return count; });
}

/// The counter's rate over some milliseconds. The interval timer begins anew after 55 ms and
/// doesn't tell: none if that was seen, and too high if it was not. None, too, where it stands:
/// some machines have switched it off.
std::optional<std::uint64_t> measured_tsc_hz() {
    start_interval_timer();
    Reading const first = read_interval_timer();
    Reading last = first;
    while (last.count <= first.count && first.count - last.count < measured_counts &&
           last.tsc - first.tsc < fastest_hz / 200)
        last = read_interval_timer();
    if (last.count >= first.count) return std::nullopt;
    // Below 2^64: seconds are short and ticks few.
    return credible((last.tsc - first.tsc) * interval_hz / (first.count - last.count));
}

/// The lowest of several, as soon as another agrees with it: a busy host keeps us from looking.
std::uint64_t agreed_tsc_hz() {
    std::uint64_t lowest = fastest_hz; // slow time rather than none
    for (int i = 0; i < most_measurements; i++) {
        auto const hz = measured_tsc_hz().value_or(fastest_hz);
        bool const agrees = (hz > lowest ? hz - lowest : lowest - hz) <= lowest / 128;
        lowest = hz < lowest ? hz : lowest;
        if (agrees && lowest != fastest_hz) break;
    }
    return lowest;
}

} // namespace

Rates measure_rates(LocalApic& apic) {
    apic.start_counting();
    Reading const first = read_apic_timer(apic);
    auto const announced = announced_tsc_hz();
    std::uint64_t const measured = agreed_tsc_hz();
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

#include <bench/meter.hpp>

#include <runtime/lab/kit.hpp>
#include <runtime/lab/must.hpp>

#include <runtime/line.hpp>

#include <algorithm>

namespace bench {

using namespace lab;

namespace {

abi::Word median(std::span<abi::Word> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

abi::KernelCounters counters() { return must(kit().control.counters(), "counters"); }

/// A mean with one decimal where it is not whole: most rounds are alike, but not all.
void add_mean(runtime::Line& line, abi::Word sum) {
    auto const tenths = (sum * 10 + counted / 2) / counted;
    line.put(" {}", tenths / 10);
    if (tenths % 10 != 0) line.put(".{}", tenths % 10);
}

} // namespace

bool wanted(std::string_view name) { return name.contains(argument("bench=")); }

abi::Word empty_pair() {
    static abi::Word const value = [] {
        abi::Word taken[samples];
        for (auto& sample : taken) {
            auto const before = ticks();
            auto const after = ticks();
            sample = after - before;
        }
        return median(taken);
    }();
    return value;
}

Counting::Counting() : before_(counters()) {}

void Counting::add_to(Effects& effects) const {
    auto const after = counters();
    effects.switches += after.space_switches - before_.space_switches;
    effects.flushes += after.tlb_flushes - before_.tlb_flushes;
    effects.flushes += after.page_flushes - before_.page_flushes;
}

void report(std::string_view name, std::span<abi::Word> taken, Effects const& effects) {
    runtime::Line line;
    line.put("BENCH {} instructions {}", name, median(taken) - empty_pair());
    add_mean(line, effects.switches);
    add_mean(line, effects.flushes);
    line.add('\n');
    must(kit().control.log(line.text()), "log");
}

void report(std::string_view name, abi::Word instructions) {
    runtime::Line line;
    line.put("BENCH {} instructions {} - -\n", name, instructions);
    must(kit().control.log(line.text()), "log");
}

} // namespace bench

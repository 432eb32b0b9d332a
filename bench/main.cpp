// Runs all groups of kernel benchmarks, a line of the kernel's log for each figure, as the first
// process of a system that has no other, and switches it off.

#include <bench/groups.hpp>

#include <runtime/lab/kit.hpp>

int main() {
    bench::measure_calls();
    bench::measure_signals();
    bench::measure_foreign();
    bench::measure_mapping();
    bench::measure_capabilities();
    bench::measure_threads();
    bench::measure_interrupts();
    bench::measure_revocation();
    bench::measure_processors();
    static_cast<void>(lab::kit().control.power_off(0));
}

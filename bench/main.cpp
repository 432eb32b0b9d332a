// Runs all groups of kernel benchmarks, a line of the kernel's log for each figure, and ends. The
// manifest has the system stop then.

#include <bench/groups.hpp>

int main() {
    bench::measure_calls();
    bench::measure_signals();
    bench::measure_foreign();
    bench::measure_mapping();
    bench::measure_capabilities();
    bench::measure_threads();
    bench::measure_interrupts();
}

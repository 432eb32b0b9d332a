// Runs all groups of kernel benchmarks, a line of the kernel's log for each figure, as the first
// process of a system that has no other, and switches it off.

#include <bench/groups.hpp>

#include <runtime/lab/kit.hpp>

namespace {

void measure_all() {
    bench::measure_calls();
    bench::measure_signals();
    bench::measure_foreign();
    bench::measure_mapping();
    bench::measure_capabilities();
    bench::measure_threads();
    bench::measure_interrupts();
    bench::measure_revocation();
}

} // namespace

int main() {
    auto const chosen = lab::argument("bench=");
    // On machines of their own, with several processors.
    if (chosen == "kernel/processors")
        bench::measure_processors();
    else if (chosen == "kernel/throughput")
        bench::measure_throughput();
    else if (chosen == "kernel/revoke/beside-copies")
        bench::measure_revocation_beside_copies();
    else if (chosen == "kernel/shootdown")
        bench::measure_shootdown();
    else
        measure_all();
    static_cast<void>(lab::kit().control.power_off(0));
}

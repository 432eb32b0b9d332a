#pragma once
// The groups of figures, one a file. Each sets up what it needs, measures, and takes it down.

namespace bench {

void measure_calls();
void measure_signals();
void measure_foreign();
void measure_mapping();
void measure_capabilities();
void measure_threads();
void measure_interrupts();
void measure_revocation();
void measure_revocation_beside_copies();
void measure_processors();
void measure_throughput();
void measure_shootdown();

} // namespace bench

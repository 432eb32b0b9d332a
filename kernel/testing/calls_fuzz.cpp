// Sequences of calls as a fuzzer makes them up. The invariants, which take longer to check than the
// calls to make, are looked at now and then, and at the end.

#include <kernel/testing/invariants.hpp>
#include <kernel/testing/random_steps.hpp>

#include <cstdio>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace kernel::testing;
    Bytes bytes{{data, size}};
    RandomSteps steps{bytes};
    for (unsigned i = 1; i <= 100; i++) {
        auto const last = !steps.step() || bytes.exhausted() || i == 100;
        if (!last && i % 16 != 0) continue;
        auto const broken = broken_invariants(steps.world());
        if (broken.empty() && last) break;
        if (broken.empty()) continue;
        std::fprintf(stderr, "after %s:\n%s", steps.last().c_str(), broken.c_str());
        std::abort();
    }
    return 0;
}

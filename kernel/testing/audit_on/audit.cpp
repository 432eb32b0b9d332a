#include <audit.hpp>

#include <kernel/log/check.hpp>
#include <kernel/testing/invariants/checker.hpp>

#include <bit>

namespace kernel {

namespace {

constinit testing::Notes notes;
std::uint64_t looks = 0, too_much = 0;
std::uint64_t next_look = 0; ///< TSC
/// The first process: it holds what hangs together with nothing else, and lives as long as we do.
Process* first = nullptr;

/// Of a long stretch that should be zero, only its beginning.
constexpr std::uint64_t most_zero = 16 << 10;

} // namespace

void audit() {
    auto const begun = arch::read_tsc();
    auto* const processor = &this_processor();
    if (begun < next_look || !processor->current) return;
    testing::Checker checker{notes, root().running(), testing::Checker::Machine::real, most_zero};
    if (!first) first = processor->current->process;
    checker.begin_at(*first);
    checker.begin_at(*processor->current->process);
    auto const broken = checker.run();
    looks++;
    too_much += checker.too_much();
    if (broken > 0) panic("an invariant is broken");
    if (std::has_single_bit(looks))
        log("audit: {} looks at {} objects and {} capabilities, {} not finished", looks,
            notes.all.size(), notes.slots.size(), too_much);
    auto const now = arch::read_tsc();
    next_look = now + (now - begun);
}

} // namespace kernel

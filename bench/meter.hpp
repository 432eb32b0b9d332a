#pragma once
// Measuring: samples of an operation in ticks of the TSC, which counts instructions in the emulator
// that benchmarks run in, and what the operation did to address spaces and TLB.

#include <abi/info.hpp>

#include <cstddef>
#include <span>
#include <string_view>
#include <type_traits>

namespace bench {

inline abi::Word ticks() {
    abi::Word low, high;
    asm volatile("rdtsc" : "=a"(low), "=d"(high)::"memory");
    return high << 32 | low;
}

/// A processor that counts goes on until it pauses or a timer is due. When that happens in user
/// mode, without the kernel's lock, others can do something with their turn.
inline void let_others_run() { asm volatile("pause"); }

/// Whether this figure was asked for: its name contains the text of the argument `bench=`.
bool wanted(std::string_view name);

/// What two readings with nothing between them differ by.
abi::Word empty_pair();

constexpr std::size_t samples = 256;
/// Rounds before the first sample: tables are made, the processor's caches are warm.
constexpr std::size_t warm_up = 16;
/// Rounds with a look at the kernel's counters before and after.
constexpr std::size_t counted = 16;

/// Address-space switches and TLB flushes of an operation, summed over `counted` rounds.
struct Effects {
    abi::Word switches = 0;
    abi::Word flushes = 0;
};

/// The difference that a round made to the kernel's counters.
class Counting {
public:
    Counting();
    void add_to(Effects& effects) const;

private:
    abi::KernelCounters before_;
};

/// One line of the log: the median of the samples, less the empty pair.
void report(std::string_view name, std::span<abi::Word> taken, Effects const& effects);

/// The same for something that happens once.
void report(std::string_view name, abi::Word instructions);

/// Runs it, and says when it was over.
template <class Operation> [[gnu::always_inline]] inline abi::Word end_of(Operation& operation) {
    if constexpr (std::is_void_v<decltype(operation())>) {
        operation();
        return ticks();
    } else {
        return operation();
    }
}

/// Measure `operation`; `prepare` goes before each round of it and is not measured. An operation
/// that ends elsewhere, in a thread that it wakes, returns the time at which it did.
template <class Prepare, class Operation>
void measure(std::string_view name, Prepare&& prepare, Operation&& operation) {
    if (!wanted(name)) return;
    abi::Word taken[samples];
    for (std::size_t i = 0; i < warm_up + samples; i++) {
        prepare();
        auto const before = ticks();
        auto const after = end_of(operation);
        if (i >= warm_up) taken[i - warm_up] = after - before;
    }
    Effects effects;
    for (std::size_t i = 0; i < counted; i++) {
        prepare();
        Counting const counting;
        operation();
        counting.add_to(effects);
    }
    report(name, taken, effects);
}

template <class Operation> void measure(std::string_view name, Operation&& operation) {
    measure(name, [] {}, operation);
}

} // namespace bench

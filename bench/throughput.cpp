// Round trips in a second of the host's clock, with each processor of the machine busy: for an
// emulator that does not count, where processors run side by side.

#include <bench/groups.hpp>

#include <bench/meter.hpp>
#include <bench/pair.hpp>
#include <runtime/lab/kit.hpp>
#include <runtime/lab/must.hpp>

#include <runtime/clock.hpp>
#include <runtime/line.hpp>

#include <atomic>
#include <memory>
#include <new>
#include <span>
#include <vector>

namespace bench {

using namespace lab;

namespace {

constexpr abi::Word second = 1'000'000'000;
constexpr abi::Word seconds = 3;

/// How often a client has gone round, on a line that only it writes.
struct alignas(64) Rounds {
    std::atomic<abi::Word> done{0};
};

void go_round(abi::Word endpoint, abi::Word rounds, abi::Word) {
    auto const at = abi::CapAddress(static_cast<std::uint32_t>(endpoint));
    auto& done = reinterpret_cast<Rounds*>(rounds)->done;
    for (abi::Word i = 1;; i++) {
        runtime::call(at, abi::MessageTag{0, 0});
        done.store(i, std::memory_order_relaxed); // nobody else writes it
    }
}

abi::Word sum(std::span<Rounds const> all) {
    abi::Word result = 0;
    for (auto const& one : all) result += one.done.load(std::memory_order_relaxed);
    return result;
}

} // namespace

void measure_throughput() {
    auto const processors = runtime::environment().boot->processors;
    Extent const page(abi::page_bytes);
    std::span<Rounds> const rounds(reinterpret_cast<Rounds*>(page.address()), processors);
    std::vector<std::unique_ptr<Pair>> pairs;
    for (abi::Word i = 0; i < processors; i++)
        pairs.push_back(std::make_unique<Pair>(
            i, go_round, reinterpret_cast<abi::Word>(new (&rounds[i]) Rounds), 0));
    auto const pause = must(kit().memory.make<runtime::Notification>(), "notification");
    auto const wait = [&](abi::Word ns) { (void)pause.wait_until(runtime::now_ns() + ns); };
    // All servers wait by then.
    wait(second / 10);
    for (auto const& pair : pairs) pair->start();
    wait(second / 2);
    auto const from = runtime::now_ns();
    auto const before = sum(rounds);
    wait(seconds * second);
    auto const after = sum(rounds);
    auto const milliseconds = (runtime::now_ns() - from) / 1'000'000;
    runtime::Line line;
    line.put("BENCH kernel/throughput/{}/wall-clock round-trips/s {} - -\n", processors,
             (after - before) * 1000 / milliseconds);
    line.put("BENCH kernel/throughput/{}/contended times {} - -\n", processors,
             must(kit().control.counters(), "counters").lock_contended);
    must(kit().control.log(line.text()), "log");
}

} // namespace bench

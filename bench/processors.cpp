// Round trips on several processors at once, each with a client and a server of its own: what one
// costs, spinning included, and how often the kernel's lock was waited for. Counted over the whole
// machine: the emulator's TSC ticks for each instruction of any processor.

#include <bench/groups.hpp>

#include <bench/meter.hpp>
#include <bench/pair.hpp>
#include <bench/window.hpp>
#include <runtime/lab/kit.hpp>
#include <runtime/lab/must.hpp>

#include <runtime/clock.hpp>
#include <runtime/line.hpp>
#include <runtime/own.hpp>

#include <atomic>
#include <memory>
#include <vector>

namespace bench {

using namespace lab;

namespace {

/// All processors' rounds together take less than a slice of time: no timer comes in between.
constexpr abi::Word rounds = 2500;

void go_round(abi::CapAddress endpoint, abi::Word times) {
    for (abi::Word i = 0; i < times; i++) {
        runtime::call(endpoint, abi::MessageTag{0, 0});
        let_others_run();
    }
}

/// A word that all write to, so that whoever counts shared lines can be seen to find one.
constinit std::atomic<abi::Word> shared_word{0};
constinit bool shares = false;

void be_client(abi::Word endpoint, abi::Word done, abi::Word bit) {
    auto const at = abi::CapAddress(static_cast<std::uint32_t>(endpoint));
    go_round(at, warm_up);
    bench_window_begins();
    go_round(at, rounds / 2);
    if (shares) shared_word++;
    go_round(at, rounds / 2);
    bench_window_ends();
    runtime::Notification const finished{abi::CapAddress(static_cast<std::uint32_t>(done))};
    (void)finished.signal(bit);
    (void)runtime::call<abi::ThreadExit>();
}

/// Of the first processor, where this runs.
abi::Word contended() { return must(kit().control.counters(), "counters").lock_contended; }

void measure_on(abi::Word processors) {
    auto const done = must(kit().memory.make<runtime::Notification>(), "notification");
    std::vector<std::unique_ptr<Pair>> pairs;
    for (abi::Word i = 0; i < processors; i++)
        pairs.push_back(
            std::make_unique<Pair>(i, be_client, done.address().raw, abi::Word{1} << i));
    // All servers wait by then.
    (void)done.wait_until(runtime::now_ns() + 20'000'000);
    auto const before = ticks();
    auto const waited = contended();
    for (auto const& pair : pairs) pair->start();
    for (abi::Word all = 0; all != (abi::Word{1} << processors) - 1;)
        all |= must(done.wait(), "wait");
    auto const each = (ticks() - before) / (processors * (warm_up + rounds));
    runtime::Line line;
    line.put("BENCH kernel/processors/{}/round-trip instructions {} - -\n", processors, each);
    line.put("BENCH kernel/processors/{}/contended times {} - -\n", processors,
             contended() - waited);
    must(kit().control.log(line.text()), "log");
}

} // namespace

void measure_processors() {
    shares = argument("share=") == "1";
    for (abi::Word processors = 1; processors <= 4; processors *= 2) measure_on(processors);
}

} // namespace bench

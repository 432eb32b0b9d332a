// Round trips on several processors at once, each with a client and a server of its own: what one
// costs, spinning included, and how often the kernel's lock was waited for. Counted over the whole
// machine: the emulator's TSC ticks for each instruction of any processor.

#include <bench/groups.hpp>

#include <bench/meter.hpp>
#include <runtime/lab/kit.hpp>
#include <runtime/lab/must.hpp>
#include <runtime/lab/neighbour.hpp>

#include <runtime/clock.hpp>
#include <runtime/line.hpp>
#include <runtime/own.hpp>

#include <memory>
#include <vector>

namespace bench {

using namespace lab;

namespace {

constexpr abi::Word rounds = 4000;

void serve(abi::Word endpoint, abi::Word reply) {
    auto const at = abi::CapAddress(static_cast<std::uint32_t>(endpoint));
    auto const with = abi::CapAddress(static_cast<std::uint32_t>(reply));
    runtime::receive(at, with);
    for (;;) runtime::reply_receive(at, with, abi::MessageTag{0, 0});
}

void go_round(abi::Word endpoint, abi::Word done, abi::Word bit) {
    auto const at = abi::CapAddress(static_cast<std::uint32_t>(endpoint));
    for (abi::Word i = 0; i < rounds; i++) runtime::call(at, abi::MessageTag{0, 0});
    runtime::Notification const finished{abi::CapAddress(static_cast<std::uint32_t>(done))};
    (void)finished.signal(bit);
    (void)runtime::call<abi::ThreadExit>();
}

/// A client and a server of one processor.
struct Pair {
    runtime::Owned<runtime::Endpoint> endpoint =
        must(kit().memory.make<runtime::Endpoint>(), "endpoint");
    runtime::Owned<runtime::Reply> reply = must(kit().memory.make<runtime::Reply>(), "reply");
    OwnImage image;
    Neighbour other{image, "bench-server"};
    Worker server;
    Worker client;

    Pair(abi::Word processor, runtime::Notification done)
        : server(other.process(), other.space(), serve,
                 {other.give(endpoint.address()).raw, other.give(reply.address()).raw},
                 {.priority = kit().priority - 1, .processor = processor}),
          client(runtime::own_process, {}, go_round,
                 {endpoint.address().raw, done.address().raw, abi::Word{1} << processor},
                 {.priority = kit().priority - 1, .processor = processor}) {
        server.start();
    }
};

/// Of the first processor, where this runs.
abi::Word contended() { return must(kit().control.counters(), "counters").lock_contended; }

void measure_on(abi::Word processors) {
    auto const done = must(kit().memory.make<runtime::Notification>(), "notification");
    std::vector<std::unique_ptr<Pair>> pairs;
    for (abi::Word i = 0; i < processors; i++)
        pairs.push_back(std::make_unique<Pair>(i, done.view()));
    // All servers wait by then.
    (void)done.wait_until(runtime::now_ns() + 20'000'000);
    auto const before = ticks();
    auto const waited = contended();
    for (auto const& pair : pairs) pair->client.start();
    for (abi::Word all = 0; all != (abi::Word{1} << processors) - 1;)
        all |= must(done.wait(), "wait");
    auto const each = (ticks() - before) / (processors * rounds);
    runtime::Line line;
    line.put("BENCH kernel/processors/{}/round-trip instructions {} - -\n", processors, each);
    line.put("BENCH kernel/processors/{}/contended times {} - -\n", processors,
             contended() - waited);
    must(kit().control.log(line.text()), "log");
}

} // namespace

void measure_processors() {
    for (abi::Word processors = 1; processors <= 4; processors *= 2) measure_on(processors);
}

} // namespace bench

// Signals, waits, and the switch to a thread of the same priority.

#include <bench/groups.hpp>

#include <bench/meter.hpp>
#include <runtime/lab/kit.hpp>
#include <runtime/lab/must.hpp>
#include <runtime/lab/neighbour.hpp>

#include <runtime/own.hpp>

#include <atomic>

namespace bench {

using namespace lab;

namespace {

/// Where a woken thread leaves the time at which it ran again.
using Woken = std::atomic<abi::Word>;

void note_wakes(abi::Word notification, Woken* woken) {
    runtime::Notification const events(abi::CapAddress(static_cast<std::uint32_t>(notification)));
    for (;;) {
        (void)events.wait();
        woken->store(ticks(), std::memory_order_relaxed);
    }
}

void note_yields(Woken* woken) {
    for (;;) {
        (void)runtime::call<abi::Yield>();
        woken->store(ticks(), std::memory_order_relaxed);
    }
}

void without_switch() {
    auto const events = must(kit().memory.make<runtime::Notification>(), "notification");
    measure(
        "kernel/signal/no-waiter", [&] { (void)events.poll(); }, [&] { (void)events.signal(1); });
    measure("kernel/wait/pending", [&] { (void)events.signal(1); }, [&] { (void)events.wait(); });
}

void to_higher_priority() {
    OwnImage const image;
    Neighbour other(image, "bench-waiter");
    Extent const page(abi::page_bytes);
    page.share_with(other.space());
    auto* const woken = reinterpret_cast<Woken*>(page.address());
    auto const events = must(kit().memory.make<runtime::Notification>(), "notification");
    Worker const waiter(other.process(), other.space(), note_wakes,
                        {other.give(events.address()).raw, page.address()},
                        {.priority = kit().priority + 1});
    waiter.start();
    waiter.settle();
    measure("kernel/signal/higher-priority-waiter", [&] {
        (void)events.signal(1);
        return woken->load(std::memory_order_relaxed);
    });
}

void between_equals() {
    Extent const page(abi::page_bytes);
    auto* const woken = reinterpret_cast<Woken*>(page.address());
    Worker const other(runtime::own_process, {}, note_yields, {page.address()},
                       {.priority = kit().priority});
    other.start();
    measure("kernel/yield/switch", [&] {
        (void)runtime::call<abi::Yield>();
        return woken->load(std::memory_order_relaxed);
    });
}

} // namespace

void measure_signals() {
    without_switch();
    to_higher_priority();
    between_equals();
}

} // namespace bench

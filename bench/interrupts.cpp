// From a device's interrupt to the thread that handles it. The device is the first serial port,
// which interrupts at once when it is told to report its empty transmitter.

#include <bench/groups.hpp>

#include <bench/meter.hpp>
#include <runtime/lab/kit.hpp>
#include <runtime/lab/must.hpp>
#include <runtime/lab/neighbour.hpp>

#include <atomic>

namespace bench {

using namespace lab;

namespace {

using Woken = std::atomic<abi::Word>;

void out8(std::uint16_t port, std::uint8_t value) {
    asm volatile("outb %0, %1" ::"a"(value), "d"(port) : "memory");
}
std::uint8_t in8(std::uint16_t port) {
    std::uint8_t value;
    asm volatile("inb %1, %0" : "=a"(value) : "d"(port) : "memory");
    return value;
}

constexpr std::uint16_t base = 0x3f8;
/// Offsets of the 16550 and the bits that matter here.
constexpr std::uint16_t interrupt_enable = 1;
constexpr std::uint16_t interrupt_id = 2;
constexpr std::uint16_t modem_control = 4;
constexpr std::uint8_t transmitter_empty = 2;
constexpr std::uint8_t interrupt_gate = 8;

void handle(abi::Word notification, Woken* woken) {
    runtime::Notification const events(abi::CapAddress(static_cast<std::uint32_t>(notification)));
    for (;;) {
        (void)events.wait();
        woken->store(ticks(), std::memory_order_relaxed);
    }
}

} // namespace

void measure_interrupts() {
    must(lab::ports("com1", base, 8).enable(), "ports");
    auto const interrupt = lab::interrupt("irq4", 4);

    OwnImage const image;
    Neighbour driver(image, "bench-driver");
    Extent const page(abi::page_bytes);
    page.share_with(driver.space());
    auto* const woken = reinterpret_cast<Woken*>(page.address());
    auto const events = must(kit().memory.make<runtime::Notification>(), "notification");
    Worker const handler(driver.process(), driver.space(), handle,
                         {driver.give(events.address()).raw, page.address()},
                         {.priority = kit().priority + 1});
    handler.start();
    handler.settle();

    auto const quiet = [&] {
        out8(base + interrupt_enable, 0);
        in8(base + interrupt_id);
    };
    quiet();
    out8(base + modem_control, interrupt_gate);
    must(interrupt.bind(events, 1), "bind");
    auto const fire = [&] { out8(base + interrupt_enable, transmitter_empty); };
    auto const prepare = [&] {
        quiet();
        must(interrupt.acknowledge(), "acknowledge");
        woken->store(0, std::memory_order_relaxed);
    };
    prepare();
    fire();
    if (woken->load(std::memory_order_relaxed) == 0)
        give_up("no interrupt came", abi::Error::timed_out);
    measure("kernel/interrupt/to-handler", prepare, [&] {
        fire();
        return woken->load(std::memory_order_relaxed);
    });
    measure(
        "kernel/interrupt/acknowledge",
        [&] {
            quiet();
            (void)interrupt.acknowledge();
            fire();
            quiet();
        },
        [&] { (void)interrupt.acknowledge(); });
}

} // namespace bench

#include <tests/devices/edu.hpp>
#include <tests/devices/groups.hpp>
#include <tests/devices/signals.hpp>

#include <runtime/environment.hpp>
#include <runtime/lab/kit.hpp>
#include <runtime/lab/must.hpp>
#include <runtime/lab/outcome.hpp>

#include <optional>

namespace devices {

using lab::kit;
using lab::must;
using lab::Outcome;

namespace {

constexpr abi::Word level = 1, active_low = 2;

/// Where the line of a device on the first bus of this machine (q35) goes. The firmware's tables
/// would say it, in a language that only the devices server will read.
std::uint32_t line_of(device::PciFunction const& function) {
    auto const pin = must(function.interrupt_pin(), "pin") - 1u;
    return 20 + (function.address().device + pin) % 4;
}

/// By its line: level-triggered, and shared.
void by_line(Edu const& edu, std::string_view name, abi::Word processor) {
    Outcome outcome(name);
    auto const events = must(kit().memory.make<runtime::Notification>(), "notification");
    auto const line = line_of(edu.function());
    auto const make = [&] {
        return must(kit().control.make_interrupt(kit().memory, line, level, processor),
                    "interrupt");
    };
    auto one = make();
    outcome.expect(
        abi::Error::busy,
        kit().control.make_interrupt(kit().memory, line, level | active_low, processor).error(),
        "the same line, read otherwise");
    must(one.bind(events, 1), "bind");
    for (std::uint32_t round = 1; round < 4; round++) {
        edu.raise(round);
        outcome.expect(heard(events) == 1, "it interrupts");
        outcome.expect(polled(events) == 0, "once");
        outcome.expect(edu.causes() == round, "for what it was told");
        if (round == 2) {
            // Still asserted: an acknowledge too early brings it back.
            must(one.acknowledge(), "acknowledge");
            outcome.expect(heard(events) == 1, "it still interrupts");
        }
        edu.acknowledge(round);
        must(one.acknowledge(), "acknowledge");
        outcome.expect(polled(events) == 0, "it is quiet");
    }

    auto other = make();
    must(other.bind(events, 2), "bind");
    edu.raise(1);
    outcome.expect((heard(events) | polled(events)) == 3, "both hear it");
    edu.acknowledge(1);
    must(one.acknowledge(), "acknowledge");
    edu.raise(1);
    outcome.expect(polled(events) == 0, "the other has not acknowledged");
    other.reset();
    outcome.expect(heard(events) == 1, "the dead count as acknowledged");
    edu.acknowledge(1);
    must(one.acknowledge(), "acknowledge");
}

/// By one message.
void by_message(Edu const& edu, std::string_view name, abi::Word processor) {
    Outcome outcome(name);
    auto const events = must(kit().memory.make<runtime::Notification>(), "notification");
    auto interrupt = must(kit().control.make_message_interrupt(
                              kit().memory, edu.function().address().requester(), processor),
                          "interrupt");
    auto const message = must(interrupt.message(), "message");
    must(interrupt.bind(events, 4), "bind");
    must(edu.function().enable_msi(message), "MSI");
    must(edu.function().command(device::pci::command::bus_master), "it may write");
    edu.raise(1);
    outcome.expect(heard(events) == 4, "it interrupts");
    for (int n = 0; n < 5; n++) {
        edu.acknowledge(1);
        edu.raise(1);
    }
    outcome.expect(polled(events) == 0, "not before the acknowledge");
    must(interrupt.acknowledge(), "acknowledge");
    outcome.expect(heard(events) == 4, "then for all that came");
    must(interrupt.acknowledge(), "acknowledge");
    outcome.expect(polled(events) == 0, "once");
    edu.acknowledge(1);

    // Its driver has died, and nobody has told the device.
    interrupt.reset();
    auto const unexpected = [] {
        return must(kit().control.counters(), "counters").unexpected_interrupts;
    };
    auto const before = unexpected();
    edu.raise(1);
    // An IOMMU keeps it out. Each processor counts its own; we are on the first.
    bool const arrives = runtime::environment().boot->has_iommu == 0;
    outcome.expect(unexpected() == before + (arrives && processor == 0),
                   "an unexpected one is counted");
    edu.acknowledge(1);
    must(edu.function().disable_msi(), "MSI off");
    must(edu.function().command(0, device::pci::command::bus_master), "it may not write");
}

void registers(device::PciFunction const& function, Edu const& edu) {
    Outcome outcome("devices/edu/registers");
    outcome.expect((edu.identity() & 0xff) == 0xed, "its identity");
    outcome.expect(edu.live(0x1234'5678) == ~0x1234'5678u, "its answer");
    auto const msi = must(function.capability(device::pci::Capability::msi), "capabilities");
    outcome.expect(msi.has_value(), "it has MSI");
    outcome.expect(must(function.interrupt_pin(), "pin") == 1, "it has a line");
    auto const command = must(function.command(0, device::pci::command::bus_master), "command");
    outcome.expect((command & device::pci::command::bus_master) == 0, "it is no bus master");
}

} // namespace

void drive_edu() {
    auto const function = device::find_function(lab::pci(), Edu::vendor, Edu::device_id);
    if (!function) {
        Outcome("devices/edu").expect(false, "it is not there");
        return;
    }
    Edu const edu(*function);
    registers(*function, edu);
    by_line(edu, "devices/edu/line", 0);
    by_message(edu, "devices/edu/message", 0);
    if (runtime::environment().boot->processors < 2) return;
    by_line(edu, "devices/edu/line/second-processor", 1);
    by_message(edu, "devices/edu/message/second-processor", 1);
}

} // namespace devices

#include <tests/devices/edu.hpp>
#include <tests/devices/groups.hpp>

#include <runtime/lab/must.hpp>
#include <runtime/lab/outcome.hpp>

#include <optional>

namespace devices {

using lab::must;
using lab::Outcome;

void drive_edu() {
    auto const function = device::find_function(lab::pci(), Edu::vendor, Edu::device_id);
    Outcome outcome("devices/edu/registers");
    outcome.expect(function.has_value(), "it is not there");
    if (!function) return;
    Edu const edu(*function);
    outcome.expect((edu.identity() & 0xff) == 0xed, "its identity");
    outcome.expect(edu.live(0x1234'5678) == ~0x1234'5678u, "its answer");
    auto const msi = must(function->capability(device::pci::Capability::msi), "capabilities");
    outcome.expect(msi.has_value(), "it has MSI");
    outcome.expect(must(function->interrupt_pin(), "pin") == 1, "it has a line");
    auto const command = must(function->command(0, device::pci::command::bus_master), "command");
    outcome.expect((command & device::pci::command::bus_master) == 0, "it is no bus master");
}

} // namespace devices

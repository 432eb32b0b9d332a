// Many messages of one device: a disk whose queues interrupt each by its own.

#include <tests/devices/groups.hpp>
#include <tests/devices/signals.hpp>
#include <tests/devices/virtio_disk.hpp>

#include <runtime/lab/kit.hpp>
#include <runtime/lab/must.hpp>
#include <runtime/lab/outcome.hpp>

namespace devices {

using lab::kit;
using lab::must;
using lab::Outcome;

void drive_virtio() {
    constexpr std::uint16_t queues = 4;
    auto const function =
        device::find_function(lab::pci(), VirtioDisk::vendor, VirtioDisk::device_id);
    Outcome outcome("devices/virtio/messages");
    outcome.expect(function.has_value(), "it is not there");
    if (!function) return;
    VirtioDisk disk(*function, queues);
    outcome.expect(disk.messages().entries() == queues + 1,
                   "a message for each queue and one more");

    auto const events = must(kit().memory.make<runtime::Notification>(), "notification");
    std::vector<runtime::Owned<runtime::Interrupt>> interrupts;
    for (std::uint32_t n = 0; n < disk.messages().entries(); n++) {
        auto interrupt = must(
            kit().control.make_message_interrupt(kit().memory, function->address().requester()),
            "interrupt");
        must(interrupt.bind(events, abi::Word{1} << n), "bind");
        disk.messages().set(n, must(interrupt.message(), "message"));
        interrupts.push_back(std::move(interrupt));
    }
    for (std::uint16_t round = 1; round < 4; round++)
        for (std::uint16_t queue = 0; queue < queues; queue++) {
            disk.read(queue);
            outcome.expect(heard(events) == abi::Word{2} << queue, "its own message, no other");
            outcome.expect(disk.done(queue) == round, "and the request is done");
            must(interrupts[queue + 1u].acknowledge(), "acknowledge");
        }
    for (std::uint16_t queue = 0; queue < queues; queue++) disk.read(queue);
    for (abi::Word missing = 0b11110; missing != 0;) {
        auto const bits = heard(events);
        outcome.expect(bits != 0 && (bits & ~missing) == 0, "all at once, once each");
        if (bits == 0) return;
        missing &= ~bits;
    }

    Outcome masked("devices/virtio/masked");
    for (auto const& interrupt : interrupts) must(interrupt.acknowledge(), "acknowledge");
    disk.messages().mask(1);
    disk.read(0);
    while (disk.done(0) != 5) must(runtime::call<abi::Yield>(), "yield");
    masked.expect(polled(events) == 0, "the device keeps what is masked");
    disk.messages().set(1, must(interrupts[1].message(), "message"));
    masked.expect(heard(events) == 2, "and sends it then");
    must(function->disable_msix(), "MSI-X off");
    must(function->command(0, device::pci::command::bus_master), "it may not write");
}

} // namespace devices

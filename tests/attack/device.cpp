// A driver that means harm, and the emulator's `edu` device, which copies to and from any device
// address about 100 ms after it was told to. Where an IOMMU confines it, it gets at nothing but
// what is mapped for it, and its owner hears of each attempt. Where none does, the calls say so,
// and memory that it knows of is not given out again before it is reset.

#include <tests/attack/attacks.hpp>

#include <tests/attack/outcome.hpp>

#include <formats/pci.hpp>
#include <runtime/clock.hpp>
#include <runtime/device/device_memory.hpp>
#include <runtime/device/pci_function.hpp>
#include <runtime/device/pci_ports.hpp>
#include <runtime/device/registers.hpp>
#include <runtime/lab/kit.hpp>
#include <runtime/lab/must.hpp>
#include <runtime/lab/neighbour.hpp>
#include <runtime/memory.hpp>
#include <runtime/own.hpp>

#include <algorithm>
#include <optional>

namespace attack {

namespace {

using abi::Error;
using abi::Word;
using lab::kit;
using lab::must;

constexpr Word page = abi::page_bytes;

// Registers of the device (QEMU, docs/specs/edu). What is written to `mark` is read inverted.
constexpr Word mark = 0x04, raise = 0x60, lower = 0x64;
constexpr Word source = 0x80, destination = 0x88, count = 0x90, command = 0x98;
constexpr Word buffer = 0x40000;
constexpr Word run = 1, to_memory = 2;
constexpr Word transfer = page / 2; ///< bytes; a whole buffer full is one too many for it

constexpr std::uint32_t begun = 0xbe9'0000;

/// What the driver's process runs: begin a transfer, and be there.
void drive(Word registers, Word from, Word to, Word bytes, Word what) {
    auto const set = [&](Word at, Word value) {
        *reinterpret_cast<Word volatile*>(registers + at) = value;
    };
    set(source, from);
    set(destination, to);
    set(count, bytes);
    set(command, what | run);
    *reinterpret_cast<std::uint32_t volatile*>(registers + mark) = begun;
    while (true) asm volatile("pause");
}

runtime::Untyped device_range(Word physical) {
    auto const& boot = *runtime::environment().boot;
    for (auto const& region : std::span(boot.region).first(boot.regions))
        if (region.type == abi::RegionType::device && physical - region.physical < region.bytes)
            return runtime::Untyped(region.cap);
    lab::give_up("the device's registers", Error::out_of_range);
}

Word physical(runtime::Memory memory) {
    return must(runtime::CapPool(runtime::own_pool).inspect(memory.address().slot()), "inspect")
        .physical;
}

void revoke(abi::CapAddress what) {
    must(runtime::CapPool(runtime::own_pool).revoke(what), "revoke");
}

/// Memory of its own Untyped, mapped to be looked at.
struct Victim {
    explicit Victim(runtime::Untyped from)
        : memory(must(from.make_memory(page), "memory")),
          mapping(must(runtime::map(memory, page), "map")) {}

    std::span<Word volatile> words() const {
        return {reinterpret_cast<Word volatile*>(mapping.address()), transfer / sizeof(Word)};
    }
    void fill(Word value) const {
        for (auto& word : words()) word = value;
    }
    bool all(Word value) const {
        return std::ranges::all_of(words(), [&](Word word) { return word == value; });
    }

    runtime::Owned<runtime::Memory> memory;
    runtime::Mapping mapping;
};

class Device {
public:
    explicit Device(device::PciFunction function)
        : function_(function), bar_(must(function_.bar(0), "its registers")),
          all_(must(device::DeviceMemory::take(device_range(bar_.address), kit().memory),
                    "devices")),
          memory_(must(all_.part(bar_.address, bar_.bytes), "its registers")),
          mapping_(must(runtime::map(memory_, bar_.bytes), "its registers")),
          registers_(mapping_.bytes()),
          space(must(kit().memory.make<runtime::DmaSpace>(), "space")),
          bell(must(kit().memory.make<runtime::Notification>(), "bell")) {
        must(function_.command(formats::pci::command::memory | formats::pci::command::bus_master),
             "let it master the bus");
        confined = must(kit().control.attach_device(space, number()), "attach");
        must(space.bind_fault(bell, 1), "faults");
    }

    std::uint32_t number() const { return function_.address().requester(); }

    void begin(Word from, Word to, Word what) const {
        registers_.write<Word>(source, from);
        registers_.write<Word>(destination, to);
        registers_.write<Word>(count, transfer);
        registers_.write<Word>(command, what | run);
    }
    void wait() const {
        while ((registers_.read<Word>(command) & run) != 0)
            (void)silence_.wait_until(runtime::now_ns() + 1'000'000); // nobody signals it
    }
    void read(Word from) const { begin(from, buffer, 0), wait(); }
    void write(Word to) const { begin(buffer, to, to_memory), wait(); }

    void interrupt(device::Message const& message) const {
        must(function_.enable_msi(message), "MSI");
        registers_.write<std::uint32_t>(raise, 1);
        registers_.write<std::uint32_t>(lower, 1);
        must(function_.disable_msi(), "no MSI");
    }

    /// Another process begins the transfer, and dies.
    void begin_by_a_dead_driver(Word to) const {
        lab::OwnImage const image;
        lab::Neighbour driver(image, "driver");
        auto const attachment = must(driver.space().attach(memory_), "attach");
        (void)driver.space().map(attachment, mapping_.address(), 0, bar_.bytes / page,
                                 abi::Protection::read_write);
        lab::Worker worker(driver.process(), driver.space(), drive,
                           {mapping_.address(), buffer, to, transfer, to_memory},
                           {.priority = kit().priority});
        worker.start();
        while (registers_.read<std::uint32_t>(mark) != ~begun)
            must(runtime::call<abi::Yield>(), "yield");
    }

    /// As the devices server does it: no bus master, read back; then nothing it was told counts.
    bool reset() const {
        auto const now = must(function_.command(0, formats::pci::command::bus_master), "stop it");
        wait();
        return (now & formats::pci::command::bus_master) == 0 &&
               kit().control.release_device(number()).has_value();
    }

    void expect_fault(Outcome& outcome, Word address, bool write, std::string_view what) const {
        auto const rung = bell.wait_until(runtime::now_ns() + 1'000'000'000);
        outcome.expect(rung.has_value(), "its owner hears of it");
        auto const fault = space.take_fault();
        outcome.expect(fault.has_value() && fault->address == address &&
                           fault->device == number() && (fault->write != 0) == write,
                       what);
    }

private:
    device::PciFunction function_;
    device::Bar bar_;
    device::DeviceMemory all_;
    runtime::Owned<runtime::Memory> memory_;
    runtime::Mapping mapping_;
    device::Registers registers_;
    runtime::Owned<runtime::Notification> silence_ =
        must(kit().memory.make<runtime::Notification>(), "silence");

public:
    runtime::Owned<runtime::DmaSpace> space;
    runtime::Owned<runtime::Notification> bell;
    bool confined = false;
};

constexpr Word ours = 0x0123'4567'89ab'cdef, secret = 0x5ec4'e75e'c4e7'5ec4;

void own_memory(Device const& edu, Victim const& first, Victim const& second) {
    Outcome outcome("attack/device/what-is-mapped-is-reached");
    first.fill(ours);
    auto const from = must(edu.space.map(first.memory, 0x10'0000, abi::Protection::read), "map");
    auto const to = must(edu.space.map(second.memory, 0x20'0000), "map");
    outcome.expect(edu.confined ? from == 0x10'0000 && to == 0x20'0000
                                : from == physical(first.memory) && to == physical(second.memory),
                   "device addresses are as promised");
    edu.read(from);
    edu.write(to);
    outcome.expect(second.all(ours), "the device copies");
}

void foreign_memory(Device const& edu, Victim const& window) {
    Victim const victim(kit().memory);
    victim.fill(secret);
    auto const at = physical(victim.memory);
    {
        Outcome outcome("attack/device/another's-memory-is-not-read");
        edu.read(at);
        edu.expect_fault(outcome, at, false, "where, and that it read");
        window.fill(0);
        edu.write(0x20'0000);
        outcome.expect(
            std::ranges::none_of(window.words(), [](Word word) { return word == secret; }),
            "nothing of it is in the device");
    }
    {
        Outcome outcome("attack/device/another's-memory-is-not-overwritten");
        edu.write(at);
        edu.expect_fault(outcome, at, true, "where, and that it wrote");
        outcome.expect(victim.all(secret), "it is as it was");
        Victim const constant(kit().memory);
        auto const there =
            must(edu.space.map(constant.memory, 0x40'0000, abi::Protection::read), "map");
        edu.write(there);
        edu.expect_fault(outcome, there, true, "what is read-only is not written");
        outcome.expect(constant.all(0), "and is as it was");
    }
    Outcome outcome("attack/device/the-kernel-is-not-reached");
    auto const& boot = *runtime::environment().boot;
    for (auto const& region : std::span(boot.region).first(boot.regions)) {
        if (region.type != abi::RegionType::reserved || region.physical < 1 << 20 ||
            region.physical >= 0x8000'0000)
            continue;
        auto const middle = region.physical + region.bytes / 2 / page * page;
        edu.write(middle);
        edu.expect_fault(outcome, middle, true, "the kernel is not overwritten");
        edu.read(middle);
        edu.expect_fault(outcome, middle, false, "the kernel is not read");
    }
}

void revoked_memory(Device const& edu) {
    Outcome outcome("attack/device/revoked-memory-is-not-reached");
    auto const pool = must(kit().memory.split(64 << 10), "untyped");
    for (bool const before : {true, false}) {
        auto memory = must(pool.make_memory(page), "memory");
        auto const at = must(edu.space.map(memory, 0x30'0000), "map");
        if (!before) edu.begin(buffer, at, to_memory);
        revoke(pool.address());
        Victim const next(pool);
        if (before) edu.begin(buffer, at, to_memory);
        edu.wait();
        edu.expect_fault(outcome, at, true,
                         before ? "revoked before the command"
                                : "revoked between command and transfer");
        outcome.expect(next.all(0), "who has it now does not notice");
        revoke(pool.address());
    }
}

void foreign_interrupt(Device const& edu) {
    Outcome outcome("attack/device/a-message-is-one-device's");
    auto const bell = must(kit().memory.make<runtime::Notification>(), "bell");
    constexpr Word anothers = 1, own = 2;
    auto const send_as = [&](std::uint32_t device, Word bits) {
        auto interrupt =
            must(kit().control.make_message_interrupt(kit().memory, device), "interrupt");
        must(interrupt.bind(bell, bits), "bind");
        edu.interrupt(must(interrupt.message(), "message"));
        return interrupt;
    };
    auto const first = send_as(edu.number() ^ 8, anothers);
    auto const second = send_as(edu.number(), own);
    Word heard = 0;
    for (int n = 0; n < 2 && (heard & own) == 0; n++)
        heard |= bell.wait_until(runtime::now_ns() + 1'000'000'000).value_or(0);
    outcome.expect(heard == (edu.confined ? own : own | anothers),
                   "an IOMMU knows who sent a message");
}

void dead_driver(Device const& edu) {
    Outcome outcome("attack/device/a-dead-driver's-transfer-harms-nobody");
    auto const pool = must(kit().memory.split(64 << 10), "untyped");
    auto memory =
        must(pool.make_memory(64 << 10, abi::Cache::write_back, kit().memory.address()), "memory");
    auto const at = must(edu.space.map(memory, 0x30'0000), "map");
    edu.begin_by_a_dead_driver(at);
    revoke(pool.address());
    auto again = pool.make_memory(64 << 10, abi::Cache::write_back, kit().memory.address());
    if (edu.confined) {
        outcome.expect(again.has_value(), "its memory can be used at once");
    } else {
        outcome.expect(Error::quarantined, again ? Error::ok : again.error(),
                       "its memory is in quarantine");
        edu.wait();
        outcome.expect(edu.reset(), "the device is reset");
        again = pool.make_memory(64 << 10, abi::Cache::write_back, kit().memory.address());
        outcome.expect(again.has_value(), "its memory can be used after the reset");
    }
    edu.wait();
    if (!again) return;
    auto const seen = must(runtime::map(*again, page), "map");
    outcome.expect(std::ranges::all_of(seen.bytes(), [](std::byte b) { return b == std::byte{0}; }),
                   "and is clean");
    if (edu.confined) edu.expect_fault(outcome, at, true, "the transfer was refused");
}

} // namespace

void attack_by_device() {
    device::PciPorts const ports(
        lab::ports("pci", device::PciPorts::first_port, device::PciPorts::ports));
    auto const function = device::find_function(ports, 0x1234, 0x11e8);
    if (!function) return;
    Device const edu(*function);
    {
        Outcome outcome(edu.confined ? "attack/device/an-iommu-confines"
                                     : "attack/device/nothing-confines-and-the-calls-say-so");
        outcome.expect(edu.confined == (runtime::environment().boot->has_iommu != 0),
                       "the calls and the boot agree");
    }
    Victim const first(kit().memory), second(kit().memory);
    own_memory(edu, first, second);
    if (edu.confined) {
        foreign_memory(edu, second);
        revoked_memory(edu);
    }
    foreign_interrupt(edu);
    dead_driver(edu);
}

} // namespace attack

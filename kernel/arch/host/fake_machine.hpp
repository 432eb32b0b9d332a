#pragma once
// The machine that the kernel sees in host tests: memory, time, registers, controllers. One for the
// whole program; `reset` makes it as new.

#include <base/address.hpp>

#include <abi/message.hpp>

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kernel::arch {

/// What each processor has of its own.
struct FakeProcessor {
    /// What it remembers of a page it has used.
    struct Translation {
        std::uint64_t page;
        std::uint64_t bytes;
        std::uint64_t entry;
    };
    using Way = std::array<std::uint64_t, 3>; ///< entries of levels 4 to 2 that point to tables

    void* processor = nullptr; ///< the kernel's own part of it
    std::optional<std::uint64_t> timer;

    std::uint64_t root = 0; ///< CR3; 0: the kernel's own
    unsigned root_loads = 0;
    std::vector<std::uint64_t> flushed; ///< addresses, since a test cleared the list
    std::vector<Translation> translations;
    std::vector<std::pair<std::uint64_t, Way>> ways_; ///< of each address that was used
    unsigned number = 0;                              ///< of the space that is loaded
    /// The same of other numbers.
    std::map<unsigned, std::pair<decltype(translations), decltype(ways_)>> kept;

    std::uint64_t fs_base = 0;
    std::uint64_t gs_base = 0;
    std::array<std::byte, abi::extended_state_bytes> extended_registers{};
    bool extended_trapped = false;
    std::bitset<0x10000> ports; ///< those that user mode may use, while they are open
    bool ports_open = false;
    std::bitset<0x10000> open_ports() const { return ports_open ? ports : decltype(ports){}; }
};

/// One processor's part is in place; those of the others, if there are any, wait in `others`.
struct FakeMachine : FakeProcessor {
    /// Physical memory begins here, and so does the device memory that is not backed by anything.
    static constexpr base::Phys ram_start{std::uint64_t{1} << 32};
    static constexpr base::Phys device_start{std::uint64_t{1} << 38};
    static constexpr std::uint64_t ram_most = std::uint64_t{1} << 30;
    static constexpr std::uint32_t lines = 120; ///< of several I/O APICs

    /// An IOMMU, with the devices that have a space, and what it remembers for them.
    struct Iommu {
        struct Device {
            std::uint32_t domain;
            std::uint64_t root;
        };
        struct Translation {
            std::uint32_t domain;
            std::uint64_t page;
            std::uint64_t entry; ///< 0: it remembers that nothing is there
        };
        bool present = false;
        unsigned depth = 3;
        std::map<std::uint32_t, Device> devices;
        std::vector<Translation> translations;

        bool on() const { return present; }
        unsigned levels() const { return depth; }
        /// Two segments have one.
        bool serves(std::uint32_t device) const { return device >> 16 < 2; }
        bool attach(std::uint32_t device, std::uint32_t domain, base::Phys tables);
        void detach(std::uint32_t device);
        void flush(std::uint32_t domain);
        void listen(std::uint32_t) {}
    };

    /// So much memory, zeroed; clocks at their start, nothing loaded.
    void reset(std::uint64_t bytes);

    std::byte* ram = nullptr;
    std::uint64_t ram_bytes = 0;
    std::uint64_t tsc = 0; ///< one tick is one nanosecond
    std::uint64_t wall_offset = 0;
    bool huge_pages = true;
    bool tags_spaces = false; ///< translations are kept by number
    bool isolated = false;    ///< and the kernel has one of its own: INVLPG reaches no other

    std::vector<FakeProcessor> others;
    unsigned acting = 0;
    /// From now on this processor acts.
    void act_as(unsigned number);

    std::vector<std::pair<std::uint16_t, std::uint32_t>> port_writes;
    /// Entries of the I/O APICs: masked at first.
    std::array<std::uint64_t, lines> line = [] {
        std::array<std::uint64_t, lines> entries;
        entries.fill(0x1'0000);
        return entries;
    }();
    /// Who may raise a vector of those that are connected: a device, or the I/O APICs.
    std::map<std::uint8_t, std::uint32_t> senders;
    static constexpr std::uint32_t io_apic = 0xfff8;

    Iommu iommu;

    std::string log;
    std::optional<std::uint8_t> powered_off; ///< the code it was ended with

    /// A processor answers what another asks of it: the world knows how.
    void (*answer)(unsigned processor) = nullptr;

    /// User mode has used `address`: its entry is remembered until it is flushed. False: a fault.
    bool touch(std::uint64_t address);
    /// The first page whose remembered entry allows what the tables do not allow any more, or whose
    /// way there leads through a table that is not in the tree any more.
    std::optional<std::uint64_t> stale_translation() const;

    /// A device accesses memory, and the IOMMU remembers what it found. Where it is, if it is let.
    std::optional<base::Phys> device_access(std::uint32_t device, std::uint64_t address,
                                            bool write);
    /// The first device address that the IOMMU would still translate as the tables do not any more.
    std::optional<std::uint64_t> stale_device_translation() const;

    /// A write to CR3.
    void load(std::uint64_t space, unsigned its_number = 0, bool keep = false);
    /// INVLPG forgets a page, and all ways to tables; a processor that speculates may know those
    /// again before the next instruction.
    void forget(std::uint64_t address);

private:
    static constexpr std::size_t ways_kept = 16;

    std::optional<Translation> walk(std::uint64_t address, Way* way = nullptr) const;
    std::uint64_t walk_for_device(std::uint64_t table, std::uint64_t address) const;
};

extern FakeMachine fake_machine;

/// How power_off and restart_machine, which do not return, get back to the test.
struct MachineEnded {};

} // namespace kernel::arch

#pragma once
// What boot loaders tell, whichever way they tell it. Copied out of their memory at once, since
// that may be anybody's later.

#include <abi/boot.hpp>
#include <base/address.hpp>
#include <kernel/start/bounded_list.hpp>
#include <kernel/start/physical_reader.hpp>

#include <cstdint>
#include <string_view>

namespace kernel {

/// How the kernel was entered (boot.S knows the numbers).
enum class BootProtocol : std::uint32_t { pvh = 0, multiboot2 = 1 };

/// Types of the firmware's memory map (ACPI 6.5, table 15.10); what is unknown is reserved.
enum class FirmwareMemory : std::uint32_t {
    usable = 1,
    reserved = 2,
    acpi_tables = 3,
    acpi_storage = 4,
};

struct FirmwareRange {
    base::Phys begin;
    std::uint64_t bytes = 0;
    FirmwareMemory type = FirmwareMemory::reserved;
};

struct BootModule {
    base::Phys begin;
    std::uint64_t bytes = 0;
};

struct LoaderInformation {
    BoundedList<FirmwareRange, 128> memory;
    BoundedList<BootModule, 8> modules;
    abi::BootInfo info{}; ///< its root pointer, screen and command line

    std::string_view command_line() const { return {info.command_line, info.command_line_bytes}; }
    /// Take a zero-terminated string; one that is too long is cut.
    void set_command_line(PhysicalReader const& reader, base::Phys at);
};

/// Read what the loader left at `at`. The answer is what is wrong with it, or empty.
std::string_view read_loader(BootProtocol protocol, PhysicalReader const& reader, base::Phys at,
                             LoaderInformation& into);
std::string_view read_pvh(PhysicalReader const& reader, base::Phys at, LoaderInformation& into);
std::string_view read_multiboot2(PhysicalReader const& reader, base::Phys at,
                                 LoaderInformation& into);

} // namespace kernel

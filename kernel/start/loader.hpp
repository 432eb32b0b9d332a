#pragma once
// What boot loaders tell, whichever way they tell it. Copied out of their memory at once, since
// that may be anybody's later.

#include <base/address.hpp>
#include <kernel/start/bounded_list.hpp>
#include <kernel/start/physical_reader.hpp>

#include <array>
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

struct Framebuffer {
    base::Phys address;
    std::uint32_t width = 0, height = 0, pitch = 0, bits = 0;
};

struct LoaderInformation {
    BoundedList<FirmwareRange, 128> memory;
    BoundedList<BootModule, 8> modules;
    base::Phys rsdp; ///< 0: not told
    Framebuffer framebuffer;
    std::array<char, 2048> command_line_text{};
    std::size_t command_line_bytes = 0;

    std::string_view command_line() const { return {command_line_text.data(), command_line_bytes}; }
    /// Take a zero-terminated string; one that is too long is cut.
    void set_command_line(PhysicalReader const& reader, base::Phys at);
};

/// Read what the loader left at `at`. The answer is what is wrong with it, or empty.
std::string_view read_loader(BootProtocol protocol, PhysicalReader const& reader, base::Phys at,
                             LoaderInformation& into);

} // namespace kernel

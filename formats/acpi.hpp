#pragma once
// The few ACPI tables that are read below the devices server. Source: ACPI specification 6.5,
// section 5.2, and (DMAR) the VT-d specification, section 8. Fields may lie unaligned: these are
// copied out, never overlaid.

#include <cstdint>

namespace formats::acpi {

/// A table's signature: four characters, the first in the lowest byte.
constexpr std::uint32_t signature(char const (&text)[5]) {
    std::uint32_t value = 0;
    for (int n = 3; n >= 0; n--) value = value << 8 | static_cast<unsigned char>(text[n]);
    return value;
}

/// "RSD PTR ", on a 16-byte boundary.
constexpr std::uint64_t rsdp_signature = 0x2052'5450'2044'5352;

struct [[gnu::packed]] Rsdp {
    std::uint64_t signature;
    std::uint8_t checksum; ///< the first 20 bytes add up to 0
    char oem[6];
    std::uint8_t revision; ///< what follows `rsdt` is there from 2 on
    std::uint32_t rsdt;
    std::uint32_t bytes;
    std::uint64_t xsdt;
    std::uint8_t extended_checksum; ///< all `bytes` add up to 0
    std::uint8_t reserved[3];
};
constexpr std::uint32_t rsdp_first_bytes = 20;

struct [[gnu::packed]] Header {
    std::uint32_t signature;
    std::uint32_t bytes; ///< of the whole table, which add up to 0
    std::uint8_t revision;
    std::uint8_t checksum;
    char oem[6];
    char oem_table[8];
    std::uint32_t oem_revision;
    std::uint32_t creator;
    std::uint32_t creator_revision;
};

/// Offsets in the Fixed ACPI Description Table ("FACP").
namespace fadt {
constexpr std::uint32_t facs = 36;         ///< 32 bits, physical
constexpr std::uint32_t dsdt = 40;         ///< 32 bits, physical
constexpr std::uint32_t pm1a_control = 64; ///< 32 bits, a port
constexpr std::uint32_t century = 108;     ///< 8 bits, an index in the RTC's memory
constexpr std::uint32_t x_dsdt = 140;      ///< 64 bits, physical
} // namespace fadt

/// Multiple APIC Description Table ("APIC"): this, then entries to the table's end.
struct [[gnu::packed]] Madt {
    Header header;
    std::uint32_t local_apic;
    std::uint32_t flags;
};

namespace madt {

enum class Type : std::uint8_t {
    local_apic = 0,
    io_apic = 1,
    source_override = 2,
    nmi_source = 3,
    local_apic_nmi = 4,
    local_apic_address = 5,
    local_x2apic = 9,
};

struct [[gnu::packed]] Entry {
    Type type;
    std::uint8_t bytes; ///< of the entry, this included
};

namespace processor_flags {
constexpr std::uint32_t enabled = 1;
constexpr std::uint32_t online_capable = 2;
} // namespace processor_flags

struct [[gnu::packed]] LocalApic {
    Entry entry;
    std::uint8_t processor;
    std::uint8_t id;
    std::uint32_t flags;
};

struct [[gnu::packed]] IoApic {
    Entry entry;
    std::uint8_t id;
    std::uint8_t reserved;
    std::uint32_t address;
    std::uint32_t first_line;
};

/// MPS INTI flags: bits 0 and 1 polarity, bits 2 and 3 trigger; 0 as the bus has it, 1 active high
/// or edge, 3 active low or level.
struct [[gnu::packed]] SourceOverride {
    Entry entry;
    std::uint8_t bus;    ///< 0: ISA
    std::uint8_t source; ///< the ISA interrupt
    std::uint32_t line;
    std::uint16_t flags;
};

struct [[gnu::packed]] NmiSource {
    Entry entry;
    std::uint16_t flags;
    std::uint32_t line;
};

struct [[gnu::packed]] LocalApicNmi {
    Entry entry;
    std::uint8_t processor; ///< 0xff: all
    std::uint16_t flags;
    std::uint8_t input; ///< LINT0 or LINT1
};

struct [[gnu::packed]] LocalApicAddress {
    Entry entry;
    std::uint16_t reserved;
    std::uint64_t address;
};

} // namespace madt

/// DMA Remapping table ("DMAR"): this, then structures to the table's end.
struct [[gnu::packed]] Dmar {
    Header header;
    std::uint8_t address_bits; ///< one less than that
    std::uint8_t flags;
    std::uint8_t reserved[10];
};

namespace dmar {

enum class Type : std::uint16_t { unit = 0, reserved_memory = 1 };

struct [[gnu::packed]] Structure {
    Type type;
    std::uint16_t bytes; ///< of the structure, this included
};

/// Then the devices it serves, unless it serves all that no other unit of the segment names.
struct [[gnu::packed]] Unit {
    Structure structure;
    std::uint8_t flags;
    std::uint8_t size;
    std::uint16_t segment;
    std::uint64_t registers;
};
constexpr std::uint8_t serves_the_rest = 1; ///< flag of a Unit: INCLUDE_PCI_ALL

enum class ScopeType : std::uint8_t { function = 1, bridge = 2, io_apic = 3 };

/// What a unit serves: one function, all that is behind a bridge, or what signs as a function.
struct [[gnu::packed]] Scope {
    ScopeType type;
    std::uint8_t bytes; ///< of the scope, this included: two for each further step of the path
    std::uint16_t reserved;
    std::uint8_t enumeration; ///< of an I/O APIC: its number
    std::uint8_t bus;
    std::uint8_t device;
    std::uint8_t function;
};

/// Memory that firmware wants devices to reach on.
struct [[gnu::packed]] ReservedMemory {
    Structure structure;
    std::uint16_t reserved;
    std::uint16_t segment;
    std::uint64_t first;
    std::uint64_t last; ///< byte
};

} // namespace dmar

static_assert(sizeof(Dmar) == 48 && sizeof(dmar::Unit) == 16 && sizeof(dmar::ReservedMemory) == 24);
static_assert(sizeof(dmar::Scope) == 8);
static_assert(sizeof(Rsdp) == 36 && sizeof(Header) == 36 && sizeof(Madt) == 44);
static_assert(sizeof(madt::LocalApic) == 8 && sizeof(madt::IoApic) == 12);
static_assert(sizeof(madt::SourceOverride) == 10 && sizeof(madt::LocalApicAddress) == 12);

} // namespace formats::acpi

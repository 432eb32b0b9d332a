#pragma once
// One function of a PCI device: what it is, where its registers are, how it interrupts. Plain logic
// over PciConfig, tested on the host with a device made of an array.

#include <formats/pci.hpp>
#include <runtime/device/message.hpp>
#include <runtime/device/pci_config.hpp>

#include <optional>

namespace device {

namespace pci = formats::pci;

/// A base address register's range. `bytes` 0: there is none.
struct Bar {
    std::uint64_t address = 0;
    std::uint64_t bytes = 0;
    bool ports = false; ///< I/O ports, not memory
    bool prefetchable = false;
};

/// Where a function has its MSI-X table.
struct MsixPlace {
    unsigned bar = 0;
    std::uint32_t offset = 0; ///< within the BAR, in bytes
    std::uint32_t entries = 0;
};

class PciFunction {
public:
    PciFunction(PciConfig const& config, PciAddress address)
        : config_(&config), address_(address) {}

    PciAddress address() const { return address_; }
    base::Result<std::uint16_t> vendor() const { return read16(pci::header::identity); }
    base::Result<std::uint16_t> device() const { return read16(pci::header::identity + 2); }
    /// Class, subclass and interface, eight bits each.
    base::Result<std::uint32_t> class_code() const {
        return TRY(read32(pci::header::class_code)) >> 8;
    }
    /// 0: it has no interrupt line.
    base::Result<std::uint8_t> interrupt_pin() const { return read8(pci::header::interrupt_pin); }

    /// `offset` is a multiple of the width.
    base::Result<std::uint8_t> read8(std::uint8_t offset) const;
    base::Result<std::uint16_t> read16(std::uint8_t offset) const;
    base::Result<std::uint32_t> read32(std::uint8_t offset) const {
        return config_->read(address_, offset);
    }
    /// Not for the status register: what shares its word is written back as it was read.
    base::Result<> write16(std::uint8_t offset, std::uint16_t value) const;
    base::Result<> write32(std::uint8_t offset, std::uint32_t value) const {
        return config_->write(address_, offset, value);
    }

    /// Turn bits of the command register (formats::pci::command) on, and others off. Returns what
    /// the device then says: bus mastering is off when it reads back so.
    base::Result<std::uint16_t> command(std::uint16_t on, std::uint16_t off = 0) const;

    /// A range and its size, which is found by writing to its register, with the device's decoders
    /// off meanwhile. A range of 64 bits takes two numbers; the second has no bytes of its own.
    base::Result<Bar> bar(unsigned number) const;

    /// A capability's offset; nothing if the function does not have it.
    base::Result<std::optional<std::uint8_t>> capability(pci::Capability kind) const;

    /// Interrupt by this message from now on, and not by the line. not_supported: it has no MSI.
    base::Result<> enable_msi(Message message) const;
    base::Result<> disable_msi() const;

    /// not_supported: it has no MSI-X.
    base::Result<MsixPlace> msix() const;
    /// Interrupt by the table's messages from now on, and not by the line.
    base::Result<> enable_msix() const { return set_msix(true); }
    base::Result<> disable_msix() const { return set_msix(false); }

    /// Begin a reset of this function alone. It takes up to 100 ms, and leaves nothing set.
    /// not_supported: it has none.
    base::Result<> reset() const;

private:
    PciConfig const* config_;
    PciAddress address_;

    base::Result<std::uint8_t> demand(pci::Capability kind) const;
    base::Result<std::uint32_t> writable_bits(std::uint8_t offset, std::uint32_t value) const;
    base::Result<> set_msix(bool on) const;
};

/// The `index`th function with this identity, on the first bus and those behind its bridges.
/// out_of_range: there is none.
base::Result<PciFunction> find_function(PciConfig const& config, std::uint16_t vendor,
                                        std::uint16_t device, unsigned index = 0);

} // namespace device

#pragma once
// The messages of a device with MSI-X, in a BAR of its own (PCI Local Bus Specification 3.0,
// section 6.8.2): one entry for each thing it interrupts for, masked one by one.
//
//    0 address, low   4 address, high   8 data   12 control: bit 0 masks

#include <formats/pci.hpp>
#include <runtime/device/message.hpp>
#include <runtime/device/registers.hpp>

namespace device {

class MsixTable {
public:
    /// `registers` begins at the table's first entry.
    MsixTable(Registers registers, std::uint32_t entries)
        : registers_(registers), entries_(entries) {}

    std::uint32_t entries() const { return entries_; }

    /// Set what entry `number` sends, and unmask it. Masked while the words disagree.
    void set(std::uint32_t number, Message message) const {
        mask(number);
        auto const at = offset(number);
        registers_.write(at, static_cast<std::uint32_t>(message.address));
        registers_.write(at + 4, static_cast<std::uint32_t>(message.address >> 32));
        registers_.write(at + 8, message.data);
        registers_.write(at + 12, std::uint32_t{0});
    }
    void mask(std::uint32_t number) const {
        registers_.write(offset(number) + 12, formats::pci::msix::entry_masked);
    }
    void mask_all() const {
        for (std::uint32_t n = 0; n < entries_; n++) mask(n);
    }

private:
    Registers registers_;
    std::uint32_t entries_;

    static std::size_t offset(std::uint32_t number) {
        return std::size_t{number} * formats::pci::msix::entry_bytes;
    }
};

} // namespace device

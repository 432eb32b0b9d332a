#pragma once
// The controllers that turn interrupt lines into vectors (Intel 82093AA). A line is named by its
// number in the system (ACPI calls it GSI); each controller serves a range of them.

#include <base/address.hpp>
#include <kernel/start/bounded_list.hpp>

#include <cstdint>

namespace kernel::arch {

class IoApics {
public:
    /// The controller whose registers are at `address`, in the direct map: masks all its lines.
    /// `source` is how it signs what it sends through an IOMMU.
    void add(base::Phys address, std::uint32_t first_line, std::uint32_t source);

    bool exists(std::uint32_t line) const { return find(line) != nullptr; }
    /// Of the controller of a line that exists.
    std::uint32_t source(std::uint32_t line) const { return find(line)->source; }
    /// Half of the entry of a line that exists.
    void write_low(std::uint32_t line, std::uint32_t value) const { write(line, 0, value); }
    void write_high(std::uint32_t line, std::uint32_t value) const { write(line, 1, value); }

private:
    /// The index of the register that is meant, then its value.
    struct Registers {
        std::uint32_t volatile select;
        std::uint32_t reserved[3];
        std::uint32_t volatile window;
    };
    struct IoApic {
        Registers* registers;
        std::uint32_t first_line;
        std::uint32_t lines;
        std::uint32_t source;
    };
    BoundedList<IoApic, 8> apics_;

    IoApic const* find(std::uint32_t line) const;
    void write(std::uint32_t line, std::uint32_t half, std::uint32_t value) const;
};

} // namespace kernel::arch

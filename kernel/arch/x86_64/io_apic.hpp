#pragma once
// The controllers that turn interrupt lines into vectors (Intel 82093AA). A line is named by its
// number in the system (ACPI calls it GSI); each controller serves a range of them.

#include <base/address.hpp>
#include <kernel/arch/x86_64/redirection_entry.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace kernel::arch {

/// An interrupt line, by its number in the whole system.
struct Line {
    std::uint32_t number = 0;
    constexpr bool operator==(Line const&) const = default;
};

class IoApic {
public:
    /// The controller whose registers are at `address`, in the direct map; all its lines are
    /// masked.
    void attach(base::Phys address, std::uint32_t first_line);

    std::uint32_t first_line() const { return first_line_; }
    std::uint32_t lines() const { return lines_; }
    bool serves(Line line) const { return line.number - first_line_ < lines_; }

    /// Set how a line is delivered.
    void route(Line line, RedirectionEntry const& entry) const;
    /// Mask or unmask a line that is delivered as `entry` says already.
    void set_low(Line line, RedirectionEntry const& entry) const;

private:
    std::byte* registers_ = nullptr;
    std::uint32_t first_line_ = 0;
    std::uint32_t lines_ = 0;

    std::uint32_t read(std::uint32_t index) const;
    void write(std::uint32_t index, std::uint32_t value) const;
    std::uint32_t entry_index(Line line) const { return 0x10 + 2 * (line.number - first_line_); }
};

/// All of them.
class IoApics {
public:
    static constexpr std::size_t most = 8;

    /// False if there are too many already.
    bool add(base::Phys address, std::uint32_t first_line);

    bool exists(Line line) const { return find(line) != nullptr; }
    /// One more than the highest line.
    std::uint32_t lines() const;

    /// The controller of a line that exists.
    IoApic const& of(Line line) const;

private:
    std::array<IoApic, most> apics_{};
    std::size_t count_ = 0;

    IoApic const* find(Line line) const;
};

} // namespace kernel::arch

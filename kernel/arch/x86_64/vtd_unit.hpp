#pragma once
// One IOMMU (Intel VT-d specification, chapter 11): its registers, and the queue by which it is
// told to forget what it remembers of our tables.

#include <base/address.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace kernel::arch {

/// What makes a unit forget (section 6.5.2), and then say that it has.
struct Invalidation {
    std::uint64_t low = 0;
    std::uint64_t high = 0;

    static constexpr Invalidation all_contexts() { return {1 | 1 << 4}; }
    /// Accesses under way are over when it is done, reads and writes.
    static constexpr Invalidation all_translations() { return {2 | 1 << 4 | 3 << 6}; }
    static constexpr Invalidation translations(std::uint64_t domain) {
        return {2 | 2 << 4 | 3 << 6 | domain << 16};
    }
    static constexpr Invalidation all_interrupts() { return {4}; }
    static constexpr Invalidation report(std::uint64_t status_address) {
        constexpr std::uint64_t write_status = 1 << 5, fence = 1 << 6;
        return {5 | write_status | fence | std::uint64_t{1} << 32, status_address};
    }
};

class VtdUnit {
public:
    /// What a record of a refused access says.
    struct Refusal {
        std::uint64_t address;
        std::uint16_t source; ///< bus, device, function
        std::uint8_t reason;
        bool write;
    };

    VtdUnit() = default;
    VtdUnit(std::byte* registers, std::uint16_t segment);

    /// Why it can't be used; empty if it can.
    std::string_view unfit() const;
    std::uint16_t segment() const { return segment_; }
    std::uint64_t register_bytes() const;
    /// Levels of its tables, of three and four.
    bool walks(unsigned levels) const { return (capabilities_ >> (8 + levels - 2) & 1) != 0; }
    unsigned address_bits() const { return (capabilities_ >> 16 & 0x3f) + 1; }
    unsigned domains() const { return 1u << (4 + 2 * (capabilities_ & 7)); }
    bool remaps_interrupts() const { return (more_capabilities_ >> 3 & 1) != 0; }

    /// Tables are in place: from here on devices reach what they allow, and nothing else.
    void start(base::Phys root, base::Phys queue, base::Phys interrupts, std::uint8_t fault_vector,
               std::uint8_t apic);
    /// Interrupts of devices go through the table given at start from here on.
    void start_interrupts();

    /// Returns when it has been done.
    void invalidate(Invalidation const& what);

    /// The next refused access on record, in whatever order. False: there is none.
    bool take(Refusal& refusal);
    void mask_faults();

private:
    std::byte* registers_ = nullptr;
    std::uint64_t capabilities_ = 0;
    std::uint64_t more_capabilities_ = 0;
    Invalidation* queue_ = nullptr;
    std::uint32_t tail_ = 0;
    std::uint32_t commands_ = 0; ///< what was switched on
    std::uint32_t volatile done_ = 0;
    std::uint16_t segment_ = 0;

    std::uint32_t volatile& word(std::uint32_t at) const;
    std::uint64_t volatile& wide(std::uint32_t at) const;
    /// Give a command that stays on (or, once: that is done and over), and wait for its effect.
    void command(std::uint32_t bit, bool stays);
    std::uint32_t records() const;
};

} // namespace kernel::arch

#pragma once
// One IOMMU (Intel VT-d specification, chapter 11): its registers, and the queue by which it is
// told to forget what it remembers of our tables.

#include <abi/info.hpp>
#include <base/address.hpp>
#include <kernel/arch/x86_64/interrupt_route.hpp>

#include <cstddef>
#include <optional>
#include <string_view>

namespace kernel::arch {

/// An entry of a root table or of a context table (sections 9.1 and 9.3).
struct ContextEntry {
    static constexpr std::uint64_t present = 1, silent = 2;

    std::uint64_t volatile low;
    std::uint64_t volatile high;
};

class VtdUnit {
public:
    VtdUnit() = default;
    VtdUnit(base::Phys registers, std::uint16_t segment);

    /// Why it can't be used; empty if it can.
    std::string_view unfit() const;
    /// Levels of its tables, of three and four.
    bool walks(unsigned levels) const { return (capabilities_ >> (8 + levels - 2) & 1) != 0; }

    std::uint32_t segment() const { return segment_; }
    ContextEntry* root() const { return root_; }

    /// What `start` takes for the unit alone.
    static constexpr std::uint64_t own_pages = 2;
    /// From here on devices reach what the tables at `root` allow, and raise interrupts that were
    /// set, and nothing else. Faults interrupt the processor with this local APIC.
    void start(ContextEntry* root, base::Phys own, std::uint8_t apic);

    /// Forget the translations of a domain (0: of all) and all else that it remembers of tables.
    /// Returns when that is done, and no access is under way that it allowed before.
    void forget(std::uint32_t domain);
    void set_interrupt(std::uint8_t vector, RemappedInterrupt const& entry);

    /// The next refused access on record, in whatever order.
    std::optional<abi::DmaFault> take();

private:
    /// A command of the queue (section 6.5.2).
    struct Command {
        std::uint64_t low;
        std::uint64_t high = 0;
    };

    std::byte* registers_ = nullptr;
    std::uint64_t capabilities_ = 0;
    std::uint64_t more_capabilities_ = 0;
    ContextEntry* root_ = nullptr;
    Command* queue_ = nullptr;
    RemappedInterrupt* interrupts_ = nullptr;
    std::uint32_t tail_ = 0;
    std::uint32_t volatile done_ = 0;
    std::uint32_t segment_ = 0;

    std::uint32_t volatile& word(std::uint32_t at) const {
        return *reinterpret_cast<std::uint32_t volatile*>(registers_ + at);
    }
    std::uint64_t volatile& wide(std::uint32_t at) const {
        return *reinterpret_cast<std::uint64_t volatile*>(registers_ + at);
    }
    /// Switch one thing on or off, and wait for the effect (section 11.4.4.1: one at a time).
    void command(std::uint32_t bit, bool on = true);
    /// Where the records of faults begin, and end.
    std::uint32_t records() const;
    std::uint32_t records_end() const;
};

} // namespace kernel::arch

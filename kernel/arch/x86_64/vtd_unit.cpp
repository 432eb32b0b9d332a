#include <kernel/arch/x86_64/vtd_unit.hpp>

#include <kernel/arch/x86_64/direct_map.hpp>
#include <kernel/log/check.hpp>

#include <algorithm>

namespace kernel::arch {
namespace {

constexpr std::uint32_t capability = 0x08;
constexpr std::uint32_t extended_capability = 0x10;
constexpr std::uint32_t global_command = 0x18;
constexpr std::uint32_t global_status = 0x1c;
constexpr std::uint32_t root_table = 0x20;
constexpr std::uint32_t fault_status = 0x34;
constexpr std::uint32_t fault_control = 0x38;
constexpr std::uint32_t fault_data = 0x3c;
constexpr std::uint32_t fault_address = 0x40;
constexpr std::uint32_t fault_upper_address = 0x44;
constexpr std::uint32_t protected_memory = 0x64;
constexpr std::uint32_t queue_tail = 0x88;
constexpr std::uint32_t queue_address = 0x90;
constexpr std::uint32_t interrupt_table = 0xb8;

// Commands, and at the same bits what has come of them.
constexpr std::uint32_t translate = 1u << 31;
constexpr std::uint32_t set_root = 1 << 30;
constexpr std::uint32_t use_queue = 1 << 26;
constexpr std::uint32_t remap_interrupts = 1 << 25;
constexpr std::uint32_t set_interrupts = 1 << 24;

constexpr std::uint32_t fault_masked = 1u << 31;
constexpr std::uint32_t queue_errors = 7 << 4;
constexpr std::uint32_t overflowed = 1;
constexpr std::uint64_t recorded = std::uint64_t{1} << 63;

constexpr std::uint32_t queue_entries = 256; ///< one page of them

} // namespace

VtdUnit::VtdUnit(std::byte* registers, std::uint16_t segment)
    : registers_(registers), segment_(segment) {
    capabilities_ = wide(capability);
    more_capabilities_ = wide(extended_capability);
}

std::uint32_t volatile& VtdUnit::word(std::uint32_t at) const {
    return *reinterpret_cast<std::uint32_t volatile*>(registers_ + at);
}
std::uint64_t volatile& VtdUnit::wide(std::uint32_t at) const {
    return *reinterpret_cast<std::uint64_t volatile*>(registers_ + at);
}

std::uint32_t VtdUnit::records() const {
    return static_cast<std::uint32_t>(capabilities_ >> 24 & 0x3ff) * 16;
}

std::uint64_t VtdUnit::register_bytes() const {
    auto const ends = records() + ((capabilities_ >> 40 & 0xff) + 1) * 16;
    auto const invalidation = (more_capabilities_ >> 8 & 0x3ff) * 16 + 16;
    return base::align_up(std::max(ends, invalidation), abi::page_bytes);
}

std::string_view VtdUnit::unfit() const {
    if ((more_capabilities_ >> 1 & 1) == 0) return "has no queue of invalidations";
    if (!walks(3) && !walks(4)) return "walks neither three nor four levels";
    if (address_bits() < 32) return "knows too few addresses";
    return {};
}

void VtdUnit::command(std::uint32_t bit, bool stays) {
    word(global_command) = commands_ | bit;
    while ((word(global_status) & bit) == 0) asm volatile("pause");
    if (stays) commands_ |= bit;
}

void VtdUnit::start(base::Phys root, base::Phys queue, base::Phys interrupts,
                    std::uint8_t fault_vector, std::uint8_t apic) {
    // Firmware may have left it running.
    word(global_command) = 0;
    while ((word(global_status) & (translate | use_queue | remap_interrupts)) != 0)
        asm volatile("pause");

    word(fault_control) = fault_masked;
    word(fault_data) = fault_vector;
    word(fault_address) = 0xfee0'0000u | std::uint32_t{apic} << 12;
    word(fault_upper_address) = 0;

    asm volatile("wbinvd" ::: "memory"); // the tables were written through the caches
    wide(root_table) = root.raw;
    command(set_root, false);
    queue_ = &object_at<Invalidation>(queue);
    wide(queue_tail) = 0;
    wide(queue_address) = queue.raw;
    command(use_queue, true);
    invalidate(Invalidation::all_contexts());
    invalidate(Invalidation::all_translations());
    if (remaps_interrupts()) {
        constexpr std::uint64_t entries_log2 = 8;
        wide(interrupt_table) = interrupts.raw | (entries_log2 - 1);
        command(set_interrupts, false);
        invalidate(Invalidation::all_interrupts());
    }
    command(translate, true);
    // Firmware may have kept devices out of all memory until now.
    if ((capabilities_ >> 5 & 3) != 0) word(protected_memory) = 0;
    Refusal of_firmware;
    while (take(of_firmware)) {
    }
    word(fault_control) = 0;
}

void VtdUnit::start_interrupts() { command(remap_interrupts, true); }

void VtdUnit::invalidate(Invalidation const& what) {
    // A unit that does not look into the processors' caches must find the tables in memory.
    if ((more_capabilities_ & 1) == 0) asm volatile("wbinvd" ::: "memory");
    done_ = 0;
    auto const status = to_physical(const_cast<std::uint32_t*>(&done_));
    for (auto const& one : {what, Invalidation::report(status.raw)}) {
        queue_[tail_] = one;
        tail_ = (tail_ + 1) % queue_entries;
    }
    asm volatile("" ::: "memory");
    wide(queue_tail) = tail_ * sizeof(Invalidation);
    while (done_ == 0) {
        check((word(fault_status) & queue_errors) == 0, "an IOMMU understands its queue");
        asm volatile("pause");
    }
    asm volatile("" ::: "memory");
}

bool VtdUnit::take(Refusal& refusal) {
    for (std::uint32_t n = 0; n <= (capabilities_ >> 40 & 0xff); n++) {
        auto const at = records() + n * 16;
        auto const high = wide(at + 8);
        if ((high & recorded) == 0) continue;
        refusal = {.address = wide(at),
                   .source = static_cast<std::uint16_t>(high),
                   .reason = static_cast<std::uint8_t>(high >> 32),
                   .write = (high >> 62 & 1) == 0};
        word(at + 12) = recorded >> 32;
        return true;
    }
    word(fault_status) = overflowed;
    return false;
}

void VtdUnit::mask_faults() { word(fault_control) = fault_masked; }

} // namespace kernel::arch

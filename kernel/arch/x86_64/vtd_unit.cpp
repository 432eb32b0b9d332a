#include <kernel/arch/x86_64/vtd_unit.hpp>

#include <kernel/arch/x86_64/direct_map.hpp>
#include <kernel/log/check.hpp>

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
constexpr std::uint32_t fault_address = 0x40; // 64 bits
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
constexpr std::uint32_t states = translate | use_queue | remap_interrupts; ///< given until taken

constexpr std::uint32_t fault_masked = 1u << 31;
constexpr std::uint32_t queue_errors = 7 << 4;
constexpr std::uint32_t overflowed = 1;
constexpr std::uint64_t recorded = std::uint64_t{1} << 63;

constexpr std::uint32_t queue_entries = 256; ///< one page of them
constexpr std::uint64_t interrupts_log2 = 8; ///< one page, too

} // namespace

VtdUnit::VtdUnit(base::Phys registers, std::uint16_t segment)
    : registers_(to_virtual(registers)), capabilities_(wide(capability)),
      more_capabilities_(wide(extended_capability)), segment_(segment) {}

std::uint32_t VtdUnit::records() const {
    return static_cast<std::uint32_t>(capabilities_ >> 24 & 0x3ff) * 16;
}
std::uint32_t VtdUnit::records_end() const {
    return records() + (static_cast<std::uint32_t>(capabilities_ >> 40 & 0xff) + 1) * 16;
}

std::string_view VtdUnit::unfit() const {
    auto const address_bits = (capabilities_ >> 16 & 0x3f) + 1;
    auto const domains_log2 = 4 + 2 * (capabilities_ & 7);
    auto const invalidation_registers = (more_capabilities_ >> 8 & 0x3ff) * 16;
    if ((more_capabilities_ >> 1 & 1) == 0) return "an IOMMU has no queue of invalidations";
    if ((more_capabilities_ >> 3 & 1) == 0) return "an IOMMU does not remap interrupts";
    if ((capabilities_ >> 4 & 1) != 0) return "an IOMMU has buffers that would have to be flushed";
    if (address_bits < 39 || domains_log2 < 6) return "an IOMMU knows too few addresses or domains";
    if (records_end() > abi::page_bytes || invalidation_registers >= abi::page_bytes)
        return "an IOMMU has more than a page of registers";
    return {};
}

void VtdUnit::command(std::uint32_t bit, bool on) {
    word(global_command) = (word(global_status) & states & ~bit) | (on ? bit : 0);
    while (((word(global_status) & bit) != 0) != on) asm volatile("pause");
}

void VtdUnit::start(ContextEntry* root, base::Phys own, std::uint8_t apic) {
    // Firmware may have left it running.
    for (auto const bit : {translate, remap_interrupts, use_queue}) command(bit, false);
    word(fault_status) = queue_errors;

    root_ = root;
    queue_ = &object_at<Command>(own);
    auto const interrupts = own + abi::page_bytes;
    interrupts_ = &object_at<RemappedInterrupt>(interrupts);
    auto const fault = message_to(apic, vector::dma_fault);
    word(fault_control) = fault_masked;
    word(fault_data) = fault.data;
    wide(fault_address) = fault.address;

    asm volatile("wbinvd" ::: "memory"); // the tables were written through the caches
    wide(root_table) = to_physical(root).raw;
    command(set_root);
    wide(queue_tail) = 0;
    wide(queue_address) = own.raw;
    command(use_queue);
    wide(interrupt_table) = interrupts.raw | (interrupts_log2 - 1);
    command(set_interrupts);
    forget(0);
    command(translate);
    command(remap_interrupts);
    // Firmware may have kept devices out of all memory until now.
    if ((capabilities_ >> 5 & 3) != 0) word(protected_memory) = 0;
    while (take()) {
    } // what it recorded
    word(fault_control) = 0;
}

void VtdUnit::forget(std::uint32_t domain) {
    std::uint64_t const contexts = 1 | 1 << 4;
    std::uint64_t const under_way = 3 << 6; // reads and writes: they are waited for
    std::uint64_t const scope = domain == 0 ? 1 : 2;
    std::uint64_t const translations = 2 | scope << 4 | under_way | std::uint64_t{domain} << 16;
    std::uint64_t const interrupts = 4;
    std::uint64_t const after_all_that = 1 << 6, write_one = std::uint64_t{1} << 32 | 1 << 5;

    // A unit that does not look into the processors' caches must find the tables in memory.
    if ((more_capabilities_ & 1) == 0) asm volatile("wbinvd" ::: "memory");
    done_ = 0;
    auto const done = to_physical(const_cast<std::uint32_t*>(&done_)).raw;
    for (auto const& one : {Command{contexts}, Command{translations}, Command{interrupts},
                            Command{5 | after_all_that | write_one, done}}) {
        queue_[tail_] = one;
        tail_ = (tail_ + 1) % queue_entries;
    }
    asm volatile("" ::: "memory");
    wide(queue_tail) = tail_ * sizeof(Command);
    while (done_ == 0) {
        check((word(fault_status) & queue_errors) == 0, "an IOMMU understands its queue");
        asm volatile("pause");
    }
    asm volatile("" ::: "memory");
}

void VtdUnit::set_interrupt(std::uint8_t vector, RemappedInterrupt const& entry) {
    interrupts_[vector] = entry; // nobody raises it while one half is written
    forget(0);
}

std::optional<abi::DmaFault> VtdUnit::take() {
    for (auto at = records(); at != records_end(); at += 16) {
        auto const high = wide(at + 8);
        if ((high & recorded) == 0) continue;
        auto const address = wide(at);
        word(at + 12) = recorded >> 32;
        return abi::DmaFault{.address = address,
                             .device = segment_ << 16 | static_cast<std::uint16_t>(high),
                             .write = (high >> 62 & 1) == 0,
                             .reason = static_cast<std::uint8_t>(high >> 32),
                             .reserved = 0};
    }
    word(fault_status) = overflowed;
    return {};
}

} // namespace kernel::arch

#include <kernel/arch/x86_64/local_apic.hpp>

#include <kernel/arch/x86_64/direct_map.hpp>
#include <kernel/arch/x86_64/instructions.hpp>
#include <kernel/arch/x86_64/vectors.hpp>

#include <initializer_list>

namespace kernel::arch {
namespace {

// Registers: Intel SDM volume 3, table 11-1.
constexpr std::uint32_t task_priority = 0x80;
constexpr std::uint32_t spurious_register = 0xf0;
constexpr std::uint32_t error_status = 0x280;
constexpr std::uint32_t corrected_error_entry = 0x2f0;
constexpr std::uint32_t command_low = 0x300;
constexpr std::uint32_t command_high = 0x310;
constexpr std::uint32_t timer_entry = 0x320;
constexpr std::uint32_t thermal_entry = 0x330;
constexpr std::uint32_t performance_entry = 0x340;
constexpr std::uint32_t line_0_entry = 0x350;
constexpr std::uint32_t line_1_entry = 0x360;
constexpr std::uint32_t error_entry = 0x370;
constexpr std::uint32_t initial_count = 0x380;
constexpr std::uint32_t current_count = 0x390;
constexpr std::uint32_t divide = 0x3e0;

constexpr std::uint32_t masked = 1 << 16;
constexpr std::uint32_t software_enable = 1 << 8;
constexpr std::uint32_t deliver_nmi = 4 << 8;
constexpr std::uint32_t deliver_init = 5 << 8;
constexpr std::uint32_t deliver_start_up = 6 << 8;
constexpr std::uint32_t delivery_pending = 1 << 12;
constexpr std::uint32_t level_assert = 1 << 14;
constexpr std::uint32_t all_but_self = 3 << 18;
constexpr std::uint32_t divide_by_1 = 0b1011;
constexpr std::uint32_t largest_count = 0xffff'ffff;

// IA32_APIC_BASE: Intel SDM volume 3, section 11.4.4.
constexpr std::uint64_t globally_enabled = 1 << 11;
constexpr std::uint64_t x2apic_enabled = 1 << 10;
constexpr std::uint64_t base_mask = 0x000f'ffff'ffff'f000;

} // namespace

base::Phys LocalApic::address() { return {read_msr(Msr::apic_base) & base_mask}; }

bool LocalApic::memory_mapped() { return (read_msr(Msr::apic_base) & x2apic_enabled) == 0; }

void LocalApic::enable() {
    write_msr(Msr::apic_base, read_msr(Msr::apic_base) | globally_enabled);
    registers_ = to_virtual(address());

    write(spurious_register, software_enable | vector::spurious);
    write(task_priority, 0);
    // Line 0 is the legacy controllers, which are off.
    for (Register const entry : {timer_entry, thermal_entry, performance_entry,
                                 corrected_error_entry, line_0_entry, error_entry})
        write(entry, masked);
    write(line_1_entry, deliver_nmi);
    write(error_status, 0);
    write(divide, divide_by_1);
    write(initial_count, 0);
    end_of_interrupt(); // firmware may have left one in service
}

void LocalApic::set_timer_rate(std::uint64_t hz) {
    ticks_per_ns_ = Scale::ratio(hz, 1'000'000'000);
    reach_ns_ = Scale::ratio(1'000'000'000, hz)(largest_count);
}

void LocalApic::start_timer(std::uint64_t ns) const {
    if (ns > reach_ns_) ns = reach_ns_;
    // One more tick than the quotient, so that the deadline has passed when it fires; and a count
    // of zero would stop the timer.
    std::uint64_t const ticks = ticks_per_ns_(ns) + 1;
    write(timer_entry, vector::timer);
    write(initial_count, ticks > largest_count ? largest_count : static_cast<std::uint32_t>(ticks));
}

void LocalApic::stop_timer() const { write(initial_count, 0); }

// The interrupt command register: Intel SDM volume 3, section 11.6.1.
void LocalApic::send(std::uint8_t id, std::uint32_t command) const {
    write(command_high, std::uint32_t{id} << 24);
    write(command_low, command);
    while ((read(command_low) & delivery_pending) != 0) pause();
}

void LocalApic::reset(std::uint8_t id) const { send(id, deliver_init | level_assert); }

void LocalApic::start(std::uint8_t id, std::uint8_t page) const {
    send(id, deliver_start_up | level_assert | page);
}

void LocalApic::stop_others() const { send(0, deliver_nmi | level_assert | all_but_self); }

void LocalApic::start_counting() const {
    write(timer_entry, masked);
    write(initial_count, largest_count);
}

std::uint32_t LocalApic::timer_count() const { return read(current_count); }

} // namespace kernel::arch

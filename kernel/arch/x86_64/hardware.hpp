#pragma once
// What the architecture-independent rooms of the kernel ask of the machine; kernel/arch/host
// answers the same for host tests. Chosen by folder: this file is included as <hardware.hpp>.

#include <kernel/arch/x86_64/clock.hpp>
#include <kernel/arch/x86_64/direct_map.hpp>
#include <kernel/arch/x86_64/entry_page.hpp>
#include <kernel/arch/x86_64/extended_state.hpp>
#include <kernel/arch/x86_64/frame.hpp>
#include <kernel/arch/x86_64/instructions.hpp>
#include <kernel/arch/x86_64/interrupt_route.hpp>
#include <kernel/arch/x86_64/kernel_space.hpp>
#include <kernel/arch/x86_64/kernel_stack.hpp>
#include <kernel/arch/x86_64/machine.hpp>
#include <kernel/arch/x86_64/speculation.hpp>
#include <kernel/arch/x86_64/user_frame.hpp>
#include <kernel/arch/x86_64/vectors.hpp>

#include <abi/memory.hpp>
#include <abi/message.hpp>

namespace kernel::arch {

/// Slots, pages or table entries handled between two looks at pending interrupts.
constexpr unsigned step_budget = 128;

/// What a processor has of its own in memory.
using Core = Descriptors;

/// The calling processor's kernel::Processor, whose first word is its own address.
inline void* processor() {
    void* self;
    asm("movq %%gs:0, %0" : "=r"(self));
    return self;
}

/// Make `processor` the calling processor's.
inline void set_processor(void* processor) {
    write_msr(Msr::gs_base, reinterpret_cast<std::uint64_t>(processor));
}

/// Interrupt another processor, and what to do until it has answered.
inline void call_processor(Core* core) {
    machine.local_apic.call(core->apic, vector::processor_call);
}
inline void wait_for(Core*) { pause(); }

// ---- address spaces ----------------------------------------------------------------------------

inline void load_space(base::Phys root) { write_cr3(root.raw); }
/// Numbers that keep the translations of spaces apart, and whether spaces have one.
constexpr std::uint32_t space_numbers = 512;
inline bool tags_spaces() {
    return machine.features.pcid || machine.isolated || machine.prediction_barrier;
}
/// With what is remembered under its number, unless that has to be forgotten; where user mode is
/// isolated, on the way out.
inline void load_space(base::Phys root, std::uint32_t number, bool keep) {
    auto const value = machine.features.pcid ? root.raw | number | keep_translations : root.raw;
    if (machine.features.pcid && !keep) forget_translations(number);
    if (machine.prediction_barrier) write_msr(Msr::prediction_command, 1);
    if (machine.isolated)
        asm volatile("mov %0, %%gs:%c1" ::"r"(value), "i"(PROCESSOR_USER_TABLES));
    else
        write_cr3(value);
}
inline void load_kernel_space() { write_cr3(machine.kernel_root.raw); }
inline void flush_page(std::uint64_t address) {
    asm volatile("invlpg (%0)" ::"r"(address) : "memory");
}
/// INVLPG reaches the number that is loaded: in the kernel its own, where user mode is isolated.
inline bool flushes_pages() { return !machine.isolated || !machine.features.pcid; }
inline bool has_huge_pages() { return machine.features.huge_pages; }

// ---- thread switch -----------------------------------------------------------------------------

/// The user's FS and GS bases: from one thread to the next, or one way. While the kernel runs, the
/// user's GS base is in KERNEL_GS_BASE.
inline void exchange_bases(std::uint64_t& old_fs, std::uint64_t& old_gs, std::uint64_t fs,
                           std::uint64_t gs) {
    asm volatile("rdfsbase %0\n\tswapgs\n\trdgsbase %1\n\twrgsbase %3\n\tswapgs\n\twrfsbase %2"
                 : "=&r"(old_fs), "=&r"(old_gs)
                 : "r"(fs), "r"(gs));
}
inline void save_bases(std::uint64_t& fs, std::uint64_t& gs) {
    asm volatile("rdfsbase %0\n\tswapgs\n\trdgsbase %1\n\tswapgs" : "=r"(fs), "=r"(gs));
}
inline void load_bases(std::uint64_t fs, std::uint64_t gs) {
    asm volatile("wrfsbase %0\n\tswapgs\n\twrgsbase %1\n\tswapgs" ::"r"(fs), "r"(gs));
}

/// CR0.TS: a use of the extended state is exception 7.
inline void trap_extended_state(bool on) {
    constexpr std::uint64_t task_switched = 8;
    if (on)
        write_cr0(read_cr0() | task_switched);
    else
        asm volatile("clts");
}

// ---- memory ------------------------------------------------------------------------------------

/// Nobody may touch this memory until it is unsealed: a free block behind its link. Only the host,
/// where a sanitizer watches, does something about it.
inline void seal(std::byte*, std::uint64_t) {}
inline void unseal(std::byte*, std::uint64_t) {}

// ---- interrupts of devices: interrupt_lines.cpp ------------------------------------------------

bool interrupt_line_exists(std::uint32_t line);
/// Let an interrupt through as this vector, which means the same on all processors. A line, which
/// nobody listens to so far, stays masked.
void connect(InterruptRoute const& route, std::uint8_t vector);
/// Where an IOMMU stands before its source it is kept out from now on.
void disconnect(InterruptRoute const& route, std::uint8_t vector);
void set_masked(InterruptRoute const& line, std::uint8_t vector, bool masked);
/// What a device that is connected has to write.
InterruptMessage message_of(InterruptRoute const& route, std::uint8_t vector);

// ---- devices' memory ---------------------------------------------------------------------------

/// What stands between all devices and memory, if it is on.
inline Vtd& iommu() { return machine.vtd; }

// ---- ports -------------------------------------------------------------------------------------

inline std::uint64_t read_port(std::uint16_t port, unsigned width) {
    return width == 1 ? in8(port) : width == 2 ? in16(port) : in32(port);
}
inline void write_port(std::uint16_t port, unsigned width, std::uint32_t value) {
    if (width == 1)
        out8(port, static_cast<std::uint8_t>(value));
    else if (width == 2)
        out16(port, static_cast<std::uint16_t>(value));
    else
        out32(port, value);
}

/// Whether the processor's bitmap of ports that user mode may use counts; if not, it may use none.
inline void open_ports(Core* core, bool open) { core->tss().use_bitmap(open); }
inline void clear_ports(Core* core) { core->clear_ports(); }
inline void allow_ports(Core* core, std::uint32_t first, std::uint32_t count) {
    core->allow_ports(first, count);
}

// ---- power -------------------------------------------------------------------------------------

[[noreturn]] inline void power_off(std::uint8_t code) { machine.power.off(code); }
[[noreturn]] inline void restart_machine() { machine.power.restart(); }

} // namespace kernel::arch

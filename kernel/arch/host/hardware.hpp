#pragma once
// What the architecture-independent rooms of the kernel ask of the machine, answered by a fake one
// for host tests. arch/x86_64/hardware.hpp says what each function means.

#include <kernel/arch/host/extended_state.hpp>
#include <kernel/arch/host/fake_machine.hpp>
#include <kernel/arch/x86_64/entry_page.hpp>
#include <kernel/arch/x86_64/frame.hpp>
#include <kernel/arch/x86_64/interrupt_route.hpp>
#include <kernel/arch/x86_64/speculation.hpp>
#include <kernel/arch/x86_64/user_frame.hpp>

#include <base/address.hpp>

#include <span>

namespace kernel {
class Thread;
}

namespace kernel::arch {

/// Tests make it small, so that much is interrupted.
inline unsigned step_budget = 128;

/// Which of the fake machine's processors, and whether another one has interrupted it.
struct Core {
    unsigned number = 0;
    bool called = false;
};
inline void call_processor(Core* core) { core->called = true; }
/// Lets it answer.
inline void wait_for(Core* core) { fake_machine.answer(core->number); }
inline void pause() {}

inline void* processor() { return fake_machine.processor; }
inline void set_processor(void* processor) { fake_machine.processor = processor; }

// ---- memory ------------------------------------------------------------------------------------

inline std::byte* to_virtual(base::Phys at) {
    auto const ram = reinterpret_cast<std::uint64_t>(fake_machine.ram);
    return reinterpret_cast<std::byte*>(ram + (at - FakeMachine::ram_start));
}
inline base::Phys to_physical(void const* pointer) {
    auto const ram = reinterpret_cast<std::uint64_t>(fake_machine.ram);
    return FakeMachine::ram_start + (reinterpret_cast<std::uint64_t>(pointer) - ram);
}
/// A sanitizer watches over sealed memory.
void seal(std::byte* block, std::uint64_t bytes);
void unseal(std::byte* block, std::uint64_t bytes);

// ---- address spaces ----------------------------------------------------------------------------

void load_space(base::Phys root);
constexpr std::uint32_t space_numbers = 4;
inline bool tags_spaces() { return fake_machine.tags_spaces; }
void load_space(base::Phys root, std::uint32_t number, bool keep);
void load_kernel_space();
void flush_page(std::uint64_t address);
inline bool flushes_pages() { return !fake_machine.isolated; }
inline bool has_huge_pages() { return fake_machine.huge_pages; }
std::span<std::uint64_t const, 256> kernel_half();

// ---- thread switch -----------------------------------------------------------------------------

inline void save_bases(std::uint64_t& fs, std::uint64_t& gs) {
    fs = fake_machine.fs_base;
    gs = fake_machine.gs_base;
}
inline void load_bases(std::uint64_t fs, std::uint64_t gs) {
    fake_machine.fs_base = fs;
    fake_machine.gs_base = gs;
}
inline void exchange_bases(std::uint64_t& old_fs, std::uint64_t& old_gs, std::uint64_t fs,
                           std::uint64_t gs) {
    save_bases(old_fs, old_gs);
    load_bases(fs, gs);
}
inline void trap_extended_state(bool on) { fake_machine.extended_trapped = on; }

// ---- time --------------------------------------------------------------------------------------

inline std::uint64_t read_tsc() { return fake_machine.tsc; }
inline void store_tsc(std::uint64_t& where) { where = fake_machine.tsc; }
inline std::uint64_t now_ns() { return fake_machine.tsc; }
inline void set_wall_offset(std::uint64_t ns) { fake_machine.wall_offset = ns; }
inline std::uint64_t ticks_to_ns(std::uint64_t ticks) { return ticks; }
inline std::uint64_t ns_to_ticks(std::uint64_t ns) { return ns; }
inline void arm_timer(std::uint64_t deadline_ns) { fake_machine.timer = deadline_ns; }

// ---- interrupts --------------------------------------------------------------------------------

inline bool interrupt_line_exists(std::uint32_t line) { return line < FakeMachine::lines; }
/// Processor n has APIC 2n: numbers that are mixed up show.
constexpr std::uint8_t apic_of(std::uint32_t processor) {
    return static_cast<std::uint8_t>(2 * processor);
}
inline void set_masked(InterruptRoute const& line, std::uint8_t vector, bool masked) {
    fake_machine.line[line.line] =
        std::uint64_t{line_high(apic_of(line.processor))} << 32 | line_low(line, vector, masked);
}
inline void connect(InterruptRoute const& route, std::uint8_t vector) {
    fake_machine.senders[vector] = route.by_message() ? route.device : FakeMachine::io_apic;
    if (!route.by_message()) set_masked(route, vector, true);
}
inline void disconnect(InterruptRoute const&, std::uint8_t vector) {
    fake_machine.senders.erase(vector);
}
inline InterruptMessage message_of(InterruptRoute const& route, std::uint8_t vector) {
    return message_to(apic_of(route.processor), vector);
}

// ---- devices' memory ---------------------------------------------------------------------------

inline FakeMachine::Iommu& iommu() { return fake_machine.iommu; }

// ---- ports -------------------------------------------------------------------------------------

inline std::uint64_t read_port(std::uint16_t port, unsigned width) { return port * 16u + width; }
inline void write_port(std::uint16_t port, unsigned, std::uint32_t value) {
    fake_machine.port_writes.emplace_back(port, value);
}
inline void open_ports(Core*, bool open) { fake_machine.ports_open = open; }
inline void clear_ports(Core*) { fake_machine.ports.reset(); }
void allow_ports(Core*, std::uint32_t first, std::uint32_t count);

// ---- power -------------------------------------------------------------------------------------

[[noreturn]] void power_off(std::uint8_t code);
[[noreturn]] void restart_machine();

} // namespace kernel::arch

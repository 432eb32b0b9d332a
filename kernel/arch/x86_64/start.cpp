// The order of the kernel's start on the first processor: from boot.S, on a boot stack and boot
// tables, to a machine that is described and ready, where the first process is made.

#include <formats/acpi.hpp>
#include <kernel/arch/x86_64/calibration.hpp>
#include <kernel/arch/x86_64/descriptors.hpp>
#include <kernel/arch/x86_64/direct_map.hpp>
#include <kernel/arch/x86_64/instructions.hpp>
#include <kernel/arch/x86_64/kernel_space.hpp>
#include <kernel/arch/x86_64/kernel_stack.hpp>
#include <kernel/arch/x86_64/log_port.hpp>
#include <kernel/arch/x86_64/machine.hpp>
#include <kernel/arch/x86_64/processors.hpp>
#include <kernel/arch/x86_64/speculation.hpp>
#include <kernel/arch/x86_64/vectors.hpp>
#include <kernel/log/check.hpp>
#include <kernel/log/log.hpp>
#include <kernel/root.hpp>
#include <kernel/start/command_line.hpp>
#include <kernel/start/dma_topology.hpp>
#include <kernel/start/first_process.hpp>
#include <kernel/start/physical_memory.hpp>

#include <initializer_list>

extern "C" {
extern std::byte const image_begin[], image_end[], image_entry[], image_entry_end[]; // kernel.ld
extern std::uint64_t boot_tsc;                                                       // boot.S
extern std::uint64_t kernel_tables;                                                  // entry.S
[[noreturn]] void kernel_boot(kernel::BootProtocol protocol, std::uint64_t information);
}

namespace kernel::arch {

constinit Machine machine;

namespace {

constexpr base::Phys four_gib{std::uint64_t{4} << 30};

/// Filled step by step below; the kernel's own stack is too small for it.
constinit BootDescription boot;
/// Processors that wait to be started.
constinit BoundedList<Processor*, abi::max_processors - 1> others;

/// The identifier of the calling processor's local APIC (Intel SDM volume 2, CPUID).
std::uint8_t own_apic() { return static_cast<std::uint8_t>(cpuid(1).ebx >> 24); }

/// Not a bug of ours: this machine, or what its loader was given, will not do.
[[noreturn]] void refuse(std::string_view why) {
    log("Skerry can't start here: {}", why);
    stop();
}

/// The boot tables and the final ones both show everything below 4 GiB; above, only known memory is
/// mapped, and only by the final ones.
Bytes view_physical(void const*, base::Phys at, std::uint64_t bytes) {
    if (at > four_gib || bytes > four_gib - at) return {};
    return {to_virtual(at), bytes};
}
constexpr PhysicalReader reader{view_physical};

/// From the loader's words, and from what the processor needs if they say nothing.
void obey(CommandLine const& command_line) {
    if (command_line.value("log") == "serial") log_to_serial();
    if (auto const port = command_line.port("exit_port")) machine.power.use_exit_port(*port);
    auto const isolation = command_line.value("isolation");
    machine.isolated = isolation ? *isolation != "off" : may_leak_kernel_memory();
    machine.prediction_barrier = isolation == "strict" && has_prediction_barrier();
}

void describe_memory() {
    KernelImage const image{to_physical(image_begin), to_physical(image_end)};
    base::Phys const limit{std::uint64_t{1} << machine.features.physical_bits};
    if (auto const why = describe(boot, limit, {direct_map_bytes}, image); !why.empty())
        refuse(why);

    auto const most = machine.topology.processors.size() + 1; // this one may not be listed
    auto const bytes = BootHeap::budget(boot.memory.bytes(MemoryUse::usable),
                                        most * processor_bytes +
                                            (boot.loader.info.has_iommu ? Vtd::boot_bytes : 0));
    auto const begin = boot.memory.find_usable(bytes, image.end, four_gib);
    if (!begin) refuse("there is too little memory below 4 GiB");
    if (!boot.memory.assign(*begin, *begin + bytes, MemoryUse::kernel))
        refuse("the memory map has too many parts");
    boot.heap = BootHeap{*begin, *begin + bytes, to_virtual(*begin)};
}

/// The final tables, and what each processor has for itself.
void make_kernel_space() {
    using enum KernelSpace::Access;
    KernelSpace space{boot.heap, machine.features.huge_pages, !machine.isolated};
    space.map_direct(boot.memory);
    space.map_image();
    KernelSpace entry{boot.heap, false, !machine.isolated};
    entry.map(image_entry, static_cast<std::uint64_t>(image_entry_end - image_entry), read_execute);
    entry.map(prepare_interrupt_table(machine.isolated), abi::page_bytes, read);
    auto const own = own_apic();
    auto& first = make_processor(boot.heap, space, entry, 0, own);
    for (auto const apic : machine.topology.processors) {
        auto const number = static_cast<std::uint32_t>(others.size()) + 1;
        if (apic != own)
            static_cast<void>(
                others.push_back(&make_processor(boot.heap, space, entry, number, apic)));
    }
    machine.kernel_root = machine.shared_root = space.root();
    if (machine.isolated) {
        machine.shared_root = entry.root();
        ::kernel_tables = space.root().raw | (machine.features.pcid ? keep_translations : 0);
    }
    load_kernel_space();
    become(first);
    root().add(first);
}

void keep_page(base::Phys at) {
    if (!boot.memory.assign(at, at + 1, MemoryUse::kernel))
        refuse("the memory map has too many parts");
}

/// From here on no device reaches memory that nobody lets it reach.
void start_iommus(DmaTopology const& topology) {
    if (!boot.loader.info.has_iommu) return;
    bool sources_known = true;
    for (auto const& controller : machine.topology.controllers)
        sources_known &= topology.source_of(controller.id).has_value();
    auto const why = sources_known ? machine.vtd.start(topology, boot.heap, own_apic())
                                   : "firmware does not say how I/O APICs sign";
    boot.loader.info.has_iommu = why.empty();
    if (!why.empty()) {
        log("devices are not confined: {}", why);
        return;
    }
    for (auto const& unit : topology.units) keep_page(unit.registers);
    log("{} IOMMUs confine devices and their interrupts; {} ranges of memory that firmware wants "
        "devices to reach are refused",
        topology.units.size(), topology.demands);
}

/// The two controllers of the first PCs (Intel 8259A) are put away, so that the I/O APICs are the
/// only ones. Masked lines can still raise spurious interrupts (number 7 of each), which must not
/// look like exceptions: hence the vectors.
void disable_legacy_controllers() {
    for (bool const second : {false, true}) {
        std::uint16_t const command = second ? 0xa0 : 0x20;
        std::uint16_t const data = second ? 0xa1 : 0x21;
        out8(command, 0x11); // four words begin
        out8(data, second ? vector::legacy + 8 : vector::legacy);
        out8(data, second ? 2 : 1 << 2); // the second one hangs on line 2
        out8(data, 0x01);
        out8(data, 0xff); // all lines masked
    }
}

void start_interrupt_controllers() {
    disable_legacy_controllers();
    if (!LocalApic::memory_mapped())
        refuse("firmware left the interrupt controllers in x2APIC mode");
    if (machine.topology.controllers.empty()) refuse("its firmware lists no I/O APIC");

    if (LocalApic::address() >= four_gib) refuse("its local APIC lies above 4 GiB");
    machine.local_apic.enable();
    auto const dma = DmaTopology::read(boot.tables.bytes(reader, formats::acpi::signature("DMAR")));
    start_iommus(dma);
    keep_page(LocalApic::address());
    for (auto const& controller : machine.topology.controllers) {
        machine.io_apics.add(controller.address, controller.first_line,
                             dma.source_of(controller.id).value_or(0));
        keep_page(controller.address);
    }
}

void start_clock() {
    Rates const rates = measure_rates(machine.local_apic);
    machine.local_apic.set_timer_rate(rates.apic_timer_hz);
    machine.clock.set(::boot_tsc, rates.tsc_hz);

    auto const fadt = boot.tables.bytes(reader, formats::acpi::signature("FACP"));
    machine.power.use_sleep_port(sleep_port(fadt));
    boot.clock_page = new (to_virtual(boot.heap.pages(1))) abi::ClockPage{};
    machine.clock.publish(*boot.clock_page);
    boot.loader.info.century_index = century_index(fadt);

    log("time-stamp counter: {} kHz ({}), APIC timer: {} kHz", rates.tsc_hz / 1000,
        rates.tsc_rate_known ? "announced" : "measured", rates.apic_timer_hz / 1000);
}

void log_memory() {
    for (MemoryRange const& range : boot.memory.ranges())
        log("memory {:x} to {:x}: {}", range.begin, range.end, name(range.use));
}

/// From here on the stack has a guard page, and what goes wrong is diagnosed.
[[noreturn]] void start_on_kernel_stack() {
    start_interrupt_controllers();
    start_clock();
    log_memory();
    start_processors(others.all(), boot.memory);
    if (machine.isolated) log("programs run without the kernel's pages in their tables");
    if (auto const& screen = boot.loader.info.framebuffer; screen.width != 0)
        log("framebuffer {:x}: {} by {} pixels of {} bits", screen.physical, screen.width,
            screen.height, screen.bits);
    log("{} MiB usable, {} of {} processors in use", boot.memory.bytes(MemoryUse::usable) >> 20,
        root().processor_count, machine.topology.processors.size());
    start_first_process(boot);
}

[[noreturn]] void run_on_stack(std::uint64_t top, void (*next)()) {
    // The pushed zero is where a return address would be: the backtrace ends here.
    asm volatile("mov %0, %%rsp\n\t"
                 "xor %%ebp, %%ebp\n\t"
                 "push $0\n\t"
                 "jmp *%1" ::"r"(top),
                 "r"(next)
                 : "memory");
    __builtin_unreachable();
}

} // namespace
} // namespace kernel::arch

void kernel_boot(kernel::BootProtocol protocol, std::uint64_t information) {
    using namespace kernel;
    using namespace kernel::arch;

    find_log_port();
    auto const complaint = read_loader(protocol, reader, {information}, boot.loader);
    obey(CommandLine{boot.loader.command_line()});
    if (!complaint.empty()) refuse(complaint);
    log("Skerry");
    prepare_interrupt_table(false);
    load_interrupt_table(); // what goes wrong from here on is told

    machine.features = Features::detect();
    if (!machine.features.missing.empty()) {
        log("the processor lacks {}", machine.features.missing);
        refuse("the processor is too old");
    }
    enable(machine.features);
    boot.tables = AcpiTables::find(reader, {boot.loader.info.rsdp});
    boot.loader.info.rsdp = boot.tables.rsdp().raw;
    machine.topology =
        InterruptTopology::read(boot.tables.bytes(reader, formats::acpi::signature("APIC")));
    boot.loader.info.has_iommu = boot.tables.has(formats::acpi::signature("DMAR"));
    describe_memory();
    make_kernel_space();
    run_on_stack(KernelStack{0, StackUse::normal}.top(), start_on_kernel_stack);
}

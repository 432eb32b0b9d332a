#include <kernel/arch/x86_64/processors.hpp>

#include <kernel/log/log.hpp>
#include <kernel/root.hpp>

#include <hardware.hpp>

#include <cstring>

extern "C" {
extern std::byte const trampoline_begin[], trampoline_end[]; // boot.S
void syscall_entry_shared(), syscall_entry_isolated();       // entry.S
[[noreturn]] void start_user_mode(kernel::Thread* thread);   // entry.S
[[noreturn]] void kernel_start_processor();
}

namespace kernel::arch {
namespace {

constexpr std::uint64_t reset_ns = 10'000'000; ///< MultiProcessor Specification 1.4, B.4
constexpr std::uint64_t repeat_ns = 200'000;
constexpr std::uint64_t patience_ns = 2'000'000'000;

enum class Progress : std::uint32_t { none, running, different };

/// Who is being started, and how far it has come; null: nobody, and whoever is late stays asleep.
constinit std::atomic<Processor*> starting{nullptr};
constinit std::atomic<Progress> progress{Progress::none};

/// A page that real mode reaches, of memory that is ours: the BIOS's own data lies in the first.
base::Phys low_page(MemoryMap const& memory) {
    for (base::Phys at{abi::page_bytes}; at.raw < 0xa'0000; at = at + abi::page_bytes)
        if (memory.use_of(at) == MemoryUse::kernel) return at;
    return {};
}

bool wait_until_running(std::uint64_t ns) {
    for (auto const end = now_ns() + ns; now_ns() < end; pause())
        if (progress.load(std::memory_order_acquire) != Progress::none) // partner: report()
            return true;
    return false;
}

bool start(Processor& processor, std::uint8_t page) {
    auto const apic = processor.core->apic;
    progress.store(Progress::none);
    starting.store(&processor);
    machine.local_apic.start(apic, page);
    if (!wait_until_running(repeat_ns)) {
        machine.local_apic.start(apic, page);
        wait_until_running(patience_ns);
    }
    // Who does not take its turn before this comes too late.
    if (starting.exchange(nullptr))
        log("processor {} does not start", processor.number);
    else
        while (progress.load(std::memory_order_acquire) == Progress::none) pause();
    if (progress.load() == Progress::different)
        log("processor {} can do other things than the first: it stays asleep", processor.number);
    return progress.load() == Progress::running;
}

/// On its own stack.
[[noreturn]] void run_processor(Processor& processor) {
    become(processor);
    machine.local_apic.enable();
    progress.store(Progress::running, std::memory_order_release);
    start_user_mode(nullptr);
}

} // namespace

Processor& make_processor(BootHeap& heap, KernelSpace& space, KernelSpace& entry,
                          std::uint32_t number, std::uint8_t apic) {
    using enum KernelSpace::Access;
    for (std::size_t use = 0; use < stack_uses; use++) {
        KernelStack const stack{number, static_cast<StackUse>(use)};
        auto const memory = heap.pages(stack.bytes() / abi::page_bytes);
        space.map(stack.top() - stack.bytes(), memory, stack.bytes(), read_write);
        if (stack.use != StackUse::normal)
            entry.map(stack.top() - stack.bytes(), memory, stack.bytes(), read_write);
    }
    auto& processor = heap.make<Processor>();
    processor.number = number;
    processor.stack = reinterpret_cast<std::byte*>(KernelStack{number, StackUse::normal}.top());
    processor.core = &heap.make<Descriptors>(processor.entry.top(), number);
    entry.map(&processor, abi::page_bytes, read_write);
    entry.map(processor.core, sizeof(Descriptors), read_write);
    processor.core->apic = apic;
    processor.trace = &heap.make<abi::TraceRing>();
    processor.trace->processor = number;
    return processor;
}

void become(Processor& processor) {
    processor.core->load();
    set_processor(&processor);
    auto* const entry = machine.isolated ? &syscall_entry_isolated : &syscall_entry_shared;
    prepare_syscall(reinterpret_cast<std::uint64_t>(entry));
    if (machine.features.rdtscp) write_msr(Msr::tsc_aux, processor.number);
}

void start_processors(std::span<Processor* const> waiting, MemoryMap const& memory) {
    auto const page = low_page(memory);
    if (waiting.empty() || page.raw == 0) return;
    std::memcpy(to_virtual(page), trampoline_begin,
                static_cast<std::size_t>(trampoline_end - trampoline_begin));
    for (auto* const processor : waiting) machine.local_apic.reset(processor->core->apic);
    for (auto const end = now_ns() + reset_ns; now_ns() < end;) pause();
    auto& all = root();
    for (auto* const processor : waiting) {
        // Numbers without a gap: who stays asleep leaves its number to the next.
        processor->number = processor->trace->processor = all.processor_count;
        if (start(*processor, static_cast<std::uint8_t>(page.raw / abi::page_bytes)))
            all.add(*processor);
    }
}

} // namespace kernel::arch

/// From boot.S, on the stack that the first processor began with.
void kernel_start_processor() {
    using namespace kernel;
    using namespace kernel::arch;
    auto* processor = starting.load();
    // One that was given up may come while another is started.
    if (!processor || processor->core->apic != cpuid(1).ebx >> 24 ||
        !starting.compare_exchange_strong(processor, nullptr))
        halt();
    if (Features::detect() != machine.features) {
        progress.store(Progress::different);
        halt();
    }
    enable(machine.features);
    write_cr3(machine.kernel_root.raw);
    asm volatile("mov %0, %%rsp\n\t"
                 "xor %%ebp, %%ebp\n\t"
                 "push $0\n\t"
                 "jmp *%1" ::"r"(processor->stack),
                 "r"(&run_processor), "D"(processor)
                 : "memory");
    __builtin_unreachable();
}

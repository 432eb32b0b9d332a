// What exceptions and interrupts mean: a thread's own fault goes to its keeper, an interrupt to
// whoever it is bound to, and a fault of the kernel itself ends the machine with a diagnosis.

#include <kernel/arch/x86_64/kernel_stack.hpp>
#include <kernel/arch/x86_64/vectors.hpp>
#include <kernel/call/dispatch.hpp>
#include <kernel/ipc/fast_path.hpp>
#include <kernel/ipc/message.hpp>
#include <kernel/log/check.hpp>
#include <kernel/log/log.hpp>
#include <kernel/memory/address_space.hpp>
#include <kernel/sched/held.hpp>
#include <kernel/sched/schedule.hpp>
#include <kernel/trace/trace.hpp>

#include <hardware.hpp>

namespace kernel {

namespace {

/// A device's, or nobody's. Returns a thread that it has woken, who stands in no queue yet.
[[gnu::always_inline]] inline Thread* device_interrupt(Processor& processor, std::uint64_t number) {
    trace::record(processor, trace::of(trace::Kind::interrupt, number) | abi::TraceWhat::stays);
    processor.counters.interrupts++;
    Thread* woken;
    if (!root().interrupts.fire(static_cast<std::uint8_t>(number), woken))
        processor.counters.unexpected_interrupts++;
    arch::machine.local_apic.end_of_interrupt();
    return woken;
}

/// The processor's own: above those of devices.
void own_interrupt(Processor& processor, std::uint64_t number) {
    trace::note(trace::of(trace::Kind::interrupt, number));
    if (number == arch::vector::spurious) return;
    if (number == arch::vector::processor_call) {
        schedule::arm_timer(); // there may be a new deadline
        return;
    }
    processor.counters.interrupts++;
    arch::machine.local_apic.end_of_interrupt();
    if (number == arch::vector::timer)
        schedule::timer_interrupt();
    else if (number == arch::vector::dma_fault)
        arch::machine.vtd.report_faults();
    else
        processor.counters.unexpected_interrupts++;
}

/// What its keeper is told. Walks the tables: behind the gate, or with the lock.
void note_page_fault(Thread& self, std::uint64_t address) {
    self.fault_vector = arch::vector::page_fault;
    self.fault_address = address;
    // Present, write and fetch are where abi has them (Intel SDM volume 3, figure 5-12).
    self.fault_error =
        self.frame.error_code &
        (abi::fault_access::present | abi::fault_access::write | abi::fault_access::execute);
    if (address < abi::user_end && self.space->guarded({address}))
        self.fault_error |= abi::fault_access::guard;
}

Thread* page_fault(Thread& self) {
    auto& processor = this_processor();
    processor.counters.page_faults++;
    auto const address = arch::read_cr2();
    if (processor.gate.enter() || wait_at_gate(processor)) [[likely]] {
        note_page_fault(self, address);
        auto* const next = ipc::fast_report<Sending::page_fault>(self);
        if (next) [[likely]]
            arch::exchange_bases(self.fs_base, self.gs_base, next->fs_base, next->gs_base);
        processor.gate.leave();
        if (next) [[likely]]
            return next;
    }
    Held held{processor};
    if (processor.current == &self) {
        note_page_fault(self, address);
        ipc::to_keeper(self, Sending::page_fault);
    }
    return leave_kernel();
}

Thread* exception(Thread& self) {
    auto& processor = this_processor();
    Held held{processor};
    if (processor.current != &self) return leave_kernel();
    self.fault_vector = self.frame.vector;
    self.fault_error = self.frame.error_code;
    self.fault_address = 0;
    ipc::to_keeper(self, Sending::exception);
    return leave_kernel();
}

/// Another processor has called. False: what it wanted is done, and the lock is not needed.
bool processor_call() {
    auto& processor = this_processor();
    processor.counters.interrupts++;
    arch::machine.local_apic.end_of_interrupt();
    return (remote::serve(processor) & (remote::look | remote::come_in)) != 0;
}

[[gnu::noinline]] Thread* own_interrupt(Thread& self, std::uint64_t number) {
    if (number == arch::vector::processor_call && !processor_call()) return &self;
    auto& processor = this_processor();
    Held held{processor};
    own_interrupt(processor, number);
    return leave_kernel();
}

[[noreturn]] void kernel_fault(Frame const& frame) {
    auto const address = arch::read_cr2();
    log("exception {} in the kernel, error {:x}, at {:x}, stack {:x}, address {:x}", frame.vector,
        frame.error_code, frame.rip, frame.rsp, address);
    // A page fault for which there was no stack left becomes a double fault.
    if (frame.vector == arch::vector::page_fault || frame.vector == arch::vector::double_fault)
        if (auto const stack = arch::KernelStack::guarded(address, root().processor_count))
            log("processor {} has overflowed its {} stack", stack->processor, stack->name());
    panic("the kernel is wrong");
}

} // namespace

extern "C" [[clang::preserve_none]] Thread* kernel_trap(Thread* self) {
    auto& frame = self->frame;
    // Some processors report the target of a wild jump. IRET would fault on it, in ring 0.
    if (frame.rip >= abi::user_end) [[unlikely]]
        frame.rip = abi::user_end;
    auto const vector = frame.vector;
    if (vector == arch::vector::page_fault) return page_fault(*self);
    if (vector < arch::vector::exceptions) return exception(*self);
    if (vector > arch::vector::last_device) return own_interrupt(*self, vector);
    auto& processor = this_processor();
    Held held{processor};
    auto* const woken = device_interrupt(processor, vector);
    return woken ? leave_kernel(*woken) : leave_kernel();
}

extern "C" Thread* kernel_trap_in_kernel(Frame* frame) {
    auto& processor = this_processor();
    if (frame->vector < arch::vector::exceptions || processor.current) kernel_fault(*frame);
    if (frame->vector == arch::vector::processor_call && !processor_call()) return nullptr;
    Held held{processor};
    if (frame->vector > arch::vector::last_device)
        own_interrupt(processor, frame->vector);
    else if (auto* const woken = device_interrupt(processor, frame->vector))
        woken->run();
    auto* const last = processor.loaded;
    auto* const next = leave_kernel();
    if (next) {
        if (next == last) trace::record(processor, *next, trace::of(trace::Kind::run));
        processor.slice_end = arch::now_ns() + schedule::slice_ns;
        schedule::arm_timer();
    }
    return next;
}

extern "C" void kernel_trap_on_own_stack(Frame* frame) {
    if (frame->vector != arch::vector::non_maskable) kernel_fault(*frame);
    if (arch::machine.stopping.load()) arch::halt();
    log("a non-maskable interrupt at {:x}", frame->rip);
}

} // namespace kernel

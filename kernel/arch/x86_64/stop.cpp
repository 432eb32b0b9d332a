// How a panic ends: who called, and then nothing more. It trusts nothing that may be broken.

#include <kernel/arch/x86_64/instructions.hpp>
#include <kernel/arch/x86_64/machine.hpp>
#include <kernel/log/check.hpp>
#include <kernel/log/log.hpp>

#include <cstdint>

namespace kernel::arch {
namespace {

/// What the emulator is told when the kernel has stopped itself.
constexpr std::uint8_t stopped_status = 0x7f;

/// With frame pointers (-fno-omit-frame-pointer) each frame begins with these two words.
struct Frame {
    Frame const* caller;
    std::uint64_t return_address;
};

} // namespace

void log_backtrace() {
    // Callers' frames lie above ours on the same stack; a broken chain ends the list.
    constexpr std::uint64_t stack_reach = 64 * 1024;
    auto const* frame = static_cast<Frame const*>(__builtin_frame_address(0));
    auto const lowest = reinterpret_cast<std::uint64_t>(frame);
    for (int depth = 0; depth < 32; depth++) {
        log("  called from {:x}", frame->return_address);
        auto const next = reinterpret_cast<std::uint64_t>(frame->caller);
        if (next <= reinterpret_cast<std::uint64_t>(frame) || next - lowest > stack_reach ||
            next % 8 != 0)
            break;
        frame = frame->caller;
    }
}

void stop() {
    disable_interrupts();
    if (!machine.stopping.exchange(true) && machine.local_apic.enabled())
        machine.local_apic.stop_others();
    machine.power.leave_emulator(stopped_status);
    halt();
}

} // namespace kernel::arch

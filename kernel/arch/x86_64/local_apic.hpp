#pragma once
// The interrupt controller inside each processor (Intel SDM volume 3, chapter 11), by its memory-
// mapped registers. The address is the same on all processors and each sees its own.

#include <base/address.hpp>
#include <kernel/arch/x86_64/scale.hpp>

#include <cstddef>
#include <cstdint>

namespace kernel::arch {

class LocalApic {
public:
    /// Where the calling processor has its registers.
    static base::Phys address();
    /// False where firmware left the x2APIC mode on, which has no memory-mapped registers.
    static bool memory_mapped();

    /// Turn on the calling processor's, with everything masked.
    void enable();
    void set_timer_rate(std::uint64_t hz);

    /// The handler of the interrupt in service is done.
    void end_of_interrupt() const { write(end_of_interrupt_register, 0); }

    /// Raise vector::timer once, after `ns` or the longest time the counter reaches.
    void start_timer(std::uint64_t ns) const;
    void stop_timer() const;

    /// Raise a vector on the processor with this identifier.
    void call(std::uint8_t id, std::uint8_t vector) const { send(id, vector); }
    /// Put a processor back to its beginning, asleep; then let it begin in real mode at a page
    /// below 1 MiB.
    void reset(std::uint8_t id) const;
    void start(std::uint8_t id, std::uint8_t page) const;
    /// A non-maskable interrupt for all others.
    void stop_others() const;
    bool enabled() const { return registers_ != nullptr; }

    /// For calibration: count down from the largest value, without an interrupt.
    void start_counting() const;
    std::uint32_t timer_count() const;

private:
    /// Byte offsets of registers.
    using Register = std::uint32_t;
    static constexpr Register end_of_interrupt_register = 0xb0;

    std::byte* registers_ = nullptr;
    Scale ticks_per_ns_;
    std::uint64_t reach_ns_ = 0;

    void send(std::uint8_t id, std::uint32_t command) const;
    std::uint32_t read(Register at) const {
        return *reinterpret_cast<std::uint32_t volatile*>(registers_ + at);
    }
    void write(Register at, std::uint32_t value) const {
        *reinterpret_cast<std::uint32_t volatile*>(registers_ + at) = value;
    }
};

} // namespace kernel::arch

#pragma once
// The kernel's stacks: a few for each processor, each at the top of a slot of its own in the stack
// area. The rest of the slot stays unmapped, so an overflow faults there, far from anything else.
//
//   slot  |  unmapped (guard)                   |  stack  |
//         0                              slot - bytes    slot

#include <kernel/arch/x86_64/direct_map.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace kernel::arch {

enum class StackUse : std::uint8_t { normal, double_fault, non_maskable, machine_check };
constexpr std::size_t stack_uses = 4;

struct KernelStack {
    std::uint32_t processor;
    StackUse use;

    static constexpr std::uint64_t slot = 64 * 1024;

    constexpr std::size_t bytes() const { return use == StackUse::normal ? 16 * 1024 : 8 * 1024; }
    /// One past its highest byte.
    constexpr std::uint64_t top() const {
        return stack_area + (processor * stack_uses + static_cast<std::size_t>(use) + 1) * slot;
    }

    /// The stack whose guard an address lies in: who has overflowed.
    static constexpr std::optional<KernelStack> guarded(std::uint64_t address,
                                                        std::uint32_t processors) {
        if (address < stack_area) return std::nullopt;
        std::uint64_t const number = (address - stack_area) / slot;
        if (number >= processors * stack_uses) return std::nullopt;
        KernelStack const stack{static_cast<std::uint32_t>(number / stack_uses),
                                static_cast<StackUse>(number % stack_uses)};
        if (address >= stack.top() - stack.bytes()) return std::nullopt;
        return stack;
    }

    constexpr std::string_view name() const {
        switch (use) {
        case StackUse::normal: return "normal";
        case StackUse::double_fault: return "double fault";
        case StackUse::non_maskable: return "NMI";
        case StackUse::machine_check: return "machine check";
        }
        return "?";
    }
};

} // namespace kernel::arch

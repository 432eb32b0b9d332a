#pragma once
// Where the parts of a program lie: at random, or where they always lay (personality
// ADDR_NO_RANDOMIZE, /proc/sys/kernel/randomize_va_space), so that runs can be repeated.

#include <servers/linux/environment.hpp>
#include <servers/linux/memory/program_space.hpp>

namespace personality {

struct Placement {
    UserAddress stack_top = layout::stack_top;
    UserAddress mapping_top = layout::mapping_top;   ///< mappings are placed below
    UserAddress movable_base = layout::movable_base; ///< of a movable program
    std::uint64_t break_gap = 0;                     ///< between a program and its heap
    std::uint64_t string_gap = 0;                    ///< on the stack, above its pointer

    /// Without chance; a stack that may grow far pushes the mappings down.
    static Placement usual(std::uint64_t stack_limit);
    static Placement random(std::uint64_t stack_limit, Random& random);
};

/// Of personality(2), what means something here (linux/personality.h).
namespace personality_bit {
constexpr std::uint64_t no_randomize = 0x4'0000, page_zero = 0x10'0000, compat_layout = 0x20'0000,
                        read_implies_execute = 0x40'0000;
/// A program that gains rights begins without.
constexpr std::uint64_t cleared_with_rights =
    no_randomize | page_zero | compat_layout | read_implies_execute;
} // namespace personality_bit

/// What /proc/sys/kernel/randomize_va_space says.
enum class Randomize : std::uint8_t { nothing = 0, mappings = 1, heap_too = 2 };

} // namespace personality

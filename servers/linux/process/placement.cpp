#include <servers/linux/process/placement.hpp>

#include <algorithm>
#include <array>

namespace personality {

namespace {

// As many bits of chance as Linux takes, in pages (arch/x86: 28 for mappings, 22 for the stack, 13
// for the heap); bytes below a page for the stack pointer.
constexpr std::uint64_t mapping_pages = 1 << 28, stack_pages = 1 << 22, break_pages = 1 << 13;
constexpr std::uint64_t pointer_bytes = 8192;

/// Room for a stack to grow, its gap, and less than all there is.
std::uint64_t stack_room(std::uint64_t limit) {
    constexpr std::uint64_t least = 128 << 20, most = layout::task_end / 6 * 5;
    return std::clamp(std::min(limit, most) + layout::stack_gap, least, most);
}

} // namespace

Placement Placement::usual(std::uint64_t stack_limit) {
    Placement result;
    result.mapping_top = std::min(result.mapping_top, result.stack_top - stack_room(stack_limit));
    return result;
}

Placement Placement::random(std::uint64_t stack_limit, Random& random) {
    std::array<std::uint64_t, 5> chance;
    random.fill(std::as_writable_bytes(std::span(chance)));
    Placement result;
    result.stack_top -= chance[0] % stack_pages * page_bytes;
    // Below the lowest stack there can be, so that one does not tell the other.
    result.mapping_top = layout::stack_top - stack_pages * page_bytes - stack_room(stack_limit) -
                         chance[1] % mapping_pages * page_bytes;
    result.mapping_top &= ~(page_bytes - 1);
    result.movable_base += chance[2] % mapping_pages * page_bytes;
    result.break_gap = chance[3] % break_pages * page_bytes;
    result.string_gap = chance[4] % pointer_bytes & ~std::uint64_t{15};
    return result;
}

} // namespace personality

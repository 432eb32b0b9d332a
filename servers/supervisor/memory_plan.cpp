#include <servers/supervisor/memory_plan.hpp>

#include <abi/memory.hpp>

#include <algorithm>
#include <bit>

namespace supervisor {

namespace {

constexpr std::uint64_t part(std::uint64_t whole, std::uint32_t permille) {
    return whole / 1000 * permille;
}

constexpr std::uint64_t less(std::uint64_t from, std::uint64_t amount) {
    return from - std::min(from, amount);
}

} // namespace

MemoryPlan plan_memory(std::uint64_t free_bytes,
                       std::span<protocols::manifest::Service const> services,
                       std::span<std::uint64_t const> fixed_bytes) {
    MemoryPlan plan{};
    auto left = less(free_bytes, memory_reserve);
    for (std::size_t i = 0; i < services.size(); i++) {
        plan[i].objects_bytes = std::bit_ceil(services[i].objects_bytes);
        auto const needed = fixed_bytes[i] + plan[i].objects_bytes;
        plan[i].enough = needed <= left;
        left = less(left, needed);
    }
    auto shared = left;
    for (std::size_t i = 0; i < services.size(); i++) {
        auto& memory = plan[i];
        auto const& service = services[i];
        // An Untyped is a power of two; rounding up could double what the share says.
        auto const objects = std::bit_floor(part(shared, service.objects_permille));
        if (objects > memory.objects_bytes && objects - memory.objects_bytes <= left) {
            left -= objects - memory.objects_bytes;
            memory.objects_bytes = objects;
        }
    }
    // What that rounding leaves is shared out as RAM.
    shared = left;
    for (std::size_t i = 0; i < services.size(); i++) {
        auto& memory = plan[i];
        auto const& service = services[i];
        auto wanted = std::max(part(shared, service.ram_permille), service.ram_bytes);
        wanted = std::min(wanted, left) & ~(abi::large_page_bytes - 1);
        memory.ram_bytes = wanted;
        left -= wanted;
        if (wanted < service.ram_bytes) memory.enough = false;
    }
    return plan;
}

} // namespace supervisor

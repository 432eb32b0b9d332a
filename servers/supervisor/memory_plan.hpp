#pragma once
// How the machine's memory is divided: fixed sizes first; then shares of what is left for kernel
// objects; then shares of what is left after that as RAM. Pure arithmetic; ram.hpp takes the
// pieces.

#include <protocols/manifest.hpp>

#include <array>
#include <cstdint>
#include <span>

namespace supervisor {

/// What one service gets besides its program and sessions.
struct ServiceMemory {
    std::uint64_t objects_bytes = 0; ///< of its Untyped, a power of two
    std::uint64_t ram_bytes = 0;     ///< a multiple of 2 MiB, or less than it may have; 0: none
    bool enough = false;             ///< false: the machine has less than the manifest demands
};

using MemoryPlan = std::array<ServiceMemory, protocols::manifest::most_services>;

/// `free_bytes` is what there is, `fixed_bytes[i]` what service i needs anyway (program, stack,
/// heap, sessions). Something is kept back for the supervisor itself.
MemoryPlan plan_memory(std::uint64_t free_bytes,
                       std::span<protocols::manifest::Service const> services,
                       std::span<std::uint64_t const> fixed_bytes);

/// Kept back: for what the supervisor makes later, and for what alignment wastes.
constexpr std::uint64_t memory_reserve = std::uint64_t{2} << 20;

} // namespace supervisor

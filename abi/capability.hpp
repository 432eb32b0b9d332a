#pragma once
// How a process names a capability: a slot number in its CapPool and the slot's generation, so that
// an address kept from before the slot was emptied is told from a fresh one.

#include <cstdint>

namespace abi {

using Word = std::uint64_t;

/// A capability's address in the pool of the process that uses it. Zero is never a valid address.
struct CapAddress {
    std::uint32_t raw = 0;

    constexpr CapAddress() = default;
    constexpr explicit CapAddress(std::uint32_t bits) : raw(bits) {}
    constexpr CapAddress(std::uint16_t slot, std::uint16_t generation)
        : raw(static_cast<std::uint32_t>(generation) << 16 | slot) {}

    constexpr std::uint16_t slot() const { return static_cast<std::uint16_t>(raw); }
    constexpr std::uint16_t generation() const { return static_cast<std::uint16_t>(raw >> 16); }
    constexpr explicit operator bool() const { return raw != 0; }
    constexpr bool operator==(CapAddress const&) const = default;
};

/// Where a new capability is to be put: an empty slot of a pool. An empty `pool` address means the
/// caller's own pool. Travels as one word: pool address in the low half, slot above it.
struct Place {
    CapAddress pool;
    std::uint16_t slot = 0;

    constexpr bool operator==(Place const&) const = default;
};

/// Slots of one segment of a CapPool; a pool starts with one segment and grows by more.
constexpr std::uint32_t pool_segment_slots = 256;
/// The most segments a pool can have.
constexpr std::uint32_t pool_segments = 256;
/// The most steps of copy, mint and retype between a capability and its first ancestor.
constexpr std::uint32_t max_derivation_depth = 255;

/// What a capability can stand for.
enum class Kind : std::uint8_t {
    none = 0,
    untyped = 1,
    cap_pool = 2,
    process = 3,
    thread = 4,
    address_space = 5,
    memory = 6,
    endpoint = 7,
    reply = 8,
    notification = 9,
    timer = 10,
    sched_context = 11,
    interrupt = 12,
    io_ports = 13,
    reserved = 14,
    control = 15,
    /// Not held by anybody: the node by which an AddressSpace hangs below the Memory it maps.
    attachment = 16,
    dma_space = 17,
};

constexpr std::uint32_t kind_count = 18;

} // namespace abi

#pragma once
// Addresses that can't be mixed up: physical ones, user ones, and the sizes between them.

#include <abi/memory.hpp>

#include <compare>
#include <cstdint>

namespace base {

/// A physical address, in bytes.
struct Phys {
    std::uint64_t raw = 0;
    constexpr auto operator<=>(Phys const&) const = default;
    constexpr Phys operator+(std::uint64_t bytes) const { return {raw + bytes}; }
    constexpr std::uint64_t operator-(Phys other) const { return raw - other.raw; }
};

/// A user virtual address, in bytes. Never dereferenced by the kernel.
struct Virt {
    std::uint64_t raw = 0;
    constexpr auto operator<=>(Virt const&) const = default;
    constexpr Virt operator+(std::uint64_t bytes) const { return {raw + bytes}; }
    constexpr std::uint64_t operator-(Virt other) const { return raw - other.raw; }
};

constexpr bool aligned(std::uint64_t value, std::uint64_t to) { return (value & (to - 1)) == 0; }
constexpr std::uint64_t align_down(std::uint64_t value, std::uint64_t to) {
    return value & ~(to - 1);
}
/// The caller makes sure that the sum does not overflow.
constexpr std::uint64_t align_up(std::uint64_t value, std::uint64_t to) {
    return align_down(value + to - 1, to);
}

/// True if `pages` pages from `address` lie in the user half and `address` is page-aligned.
constexpr bool user_range(std::uint64_t address, std::uint64_t pages) {
    return aligned(address, abi::page_bytes) && address <= abi::user_end &&
           pages <= (abi::user_end - address) / abi::page_bytes;
}

} // namespace base

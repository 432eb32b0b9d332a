#pragma once
// Quantities as people write them: sizes, times, shares, ranges.

#include <cstdint>
#include <optional>
#include <string_view>

namespace policy {

/// "64 KiB", "1 MiB", "2 GiB", "4096 B": in bytes.
std::optional<std::uint64_t> size_in_bytes(std::string_view text);
/// "100 ms", "5 s", "20 us": in nanoseconds.
std::optional<std::uint64_t> duration(std::string_view text);
/// "12.5 %" or "90 %": in thousandths, at most 1000.
std::optional<std::uint32_t> share(std::string_view text);

struct NumberRange {
    std::uint32_t first;
    std::uint32_t last;
};
/// "0x3f8-0x3ff" or "0x70": decimal, or hexadecimal behind 0x.
std::optional<NumberRange> range(std::string_view text);

} // namespace policy

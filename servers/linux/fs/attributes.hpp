#pragma once
// What stat tells of a file, in the personality's own terms.

#include <cstdint>

namespace personality {

/// As d_type and the upper four bits of st_mode have it.
enum class FileType : std::uint8_t {
    unknown = 0,
    fifo = 1,
    character_device = 2,
    folder = 4,
    block_device = 6,
    regular = 8,
    symlink = 10,
    socket = 12,
};

namespace permission {
constexpr std::uint16_t all = 07777;
constexpr std::uint16_t access = 0777;
constexpr std::uint16_t set_user = 04000;
constexpr std::uint16_t set_group = 02000;
constexpr std::uint16_t sticky = 01000;
} // namespace permission

struct Timestamp {
    std::int64_t seconds = 0;
    std::uint32_t nanoseconds = 0;
    constexpr bool operator==(Timestamp const&) const = default;
    static constexpr Timestamp from_ns(std::uint64_t ns) {
        return {static_cast<std::int64_t>(ns / 1'000'000'000),
                static_cast<std::uint32_t>(ns % 1'000'000'000)};
    }
};

struct DeviceNumber {
    std::uint32_t major = 0;
    std::uint32_t minor = 0;
    constexpr bool operator==(DeviceNumber const&) const = default;
    /// As programs see it (the C library's gnu_dev_makedev).
    constexpr std::uint64_t encoded() const {
        return (minor & 0xffULL) | (major & 0xfffULL) << 8 | (minor & ~0xffULL) << 12 |
               (major & ~0xfffULL) << 32;
    }
    static constexpr DeviceNumber decoded(std::uint64_t raw) {
        return {static_cast<std::uint32_t>((raw >> 8 & 0xfff) | (raw >> 32 & ~0xfffULL)),
                static_cast<std::uint32_t>((raw & 0xff) | (raw >> 12 & ~0xffULL))};
    }
};

/// The part of the attributes that permissions follow from.
struct Access {
    FileType type = FileType::regular;
    std::uint16_t permissions = 0;
    std::uint32_t user = 0;
    std::uint32_t group = 0;
};

struct Attributes {
    FileType type = FileType::regular;
    std::uint16_t permissions = 0; ///< 07777
    std::uint32_t links = 1;
    std::uint32_t user = 0;
    std::uint32_t group = 0;
    DeviceNumber device{}; ///< which device the node stands for
    std::uint64_t size = 0;
    std::uint64_t blocks = 0; ///< of 512 bytes
    Timestamp accessed{}, modified{}, changed{}, born{};

    constexpr operator Access() const { return {type, permissions, user, group}; }
    constexpr std::uint32_t mode() const {
        return static_cast<std::uint32_t>(type) << 12 | permissions;
    }
};

} // namespace personality

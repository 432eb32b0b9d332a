#pragma once
// The structures that stat, statx and statfs fill, as x86-64 programs have them.

#include <cstdint>

namespace personality {

struct StatWords { // struct stat
    std::uint64_t device, number, links;
    std::uint32_t mode, user, group, padding;
    std::uint64_t stands_for;
    std::int64_t size, block_size, blocks;
    std::int64_t accessed, accessed_ns, modified, modified_ns, changed, changed_ns;
    std::int64_t unused[3];
};
static_assert(sizeof(StatWords) == 144);

struct StatxTime {
    std::int64_t seconds;
    std::uint32_t nanoseconds;
    std::int32_t padding;
};

struct StatxWords { // struct statx
    std::uint32_t mask, block_size;
    std::uint64_t attributes;
    std::uint32_t links, user, group;
    std::uint16_t mode, padding;
    std::uint64_t number, size, blocks, attributes_mask;
    StatxTime accessed, born, changed, modified;
    std::uint32_t stands_for_major, stands_for_minor, device_major, device_minor;
    std::uint64_t mount;
    std::uint64_t spare[13];
};
static_assert(sizeof(StatxWords) == 256);

struct StatfsWords { // struct statfs
    std::int64_t magic, block_size;
    std::uint64_t blocks, blocks_free, blocks_available, nodes, nodes_free;
    std::int32_t id[2];
    std::int64_t name_length, fragment_size, flags, spare[4];
};
static_assert(sizeof(StatfsWords) == 120);

} // namespace personality

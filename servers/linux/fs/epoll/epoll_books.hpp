#pragma once
// What all epolls of a container share: how many files they may watch together, and the round of
// the wake or the search that is under way.

#include <cstdint>

namespace personality {

struct EpollBooks {
    /// /proc/sys/fs/epoll/max_user_watches: a twenty-fifth of the memory, as Linux has it.
    std::uint64_t most_items = 0;
    std::uint64_t items = 0;
    /// An epoll that carries the number of the present round was there already.
    std::uint64_t round = 0;
    /// How deep a wake has gone, from epoll to epoll.
    unsigned depth = 0;

    void set_limit(std::uint64_t pages) {
        constexpr std::uint64_t bytes_of_item = 192;
        most_items = pages * 4096 / 25 / bytes_of_item;
    }
};

} // namespace personality

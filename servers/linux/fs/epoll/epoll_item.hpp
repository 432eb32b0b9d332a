#pragma once
// One file that one epoll watches, under the descriptor it was added by.

#include <servers/linux/fs/pages/small_memory.hpp>
#include <servers/linux/wait_queue.hpp>

#include <base/list.hpp>

#include <cstdint>

namespace personality {

class Epoll;
class File;

namespace epoll_event {
constexpr std::uint32_t exclusive = 1U << 28, wake_up = 1U << 29, one_shot = 1U << 30,
                        edge = 1U << 31;
/// How an item is watched, as against what for.
constexpr std::uint32_t modes = exclusive | wake_up | one_shot | edge;
} // namespace epoll_event

class EpollItem {
public:
    EpollItem(Epoll& by, File& what, std::int32_t under) : epoll(by), file(what), fd(under) {}

    static void* operator new(std::size_t bytes, SmallMemory& memory) noexcept {
        return memory.allocate(bytes);
    }
    static void operator delete(void* item) { SmallMemory::release(item); }

    Epoll& epoll;
    File& file; ///< not counted: the item goes with it
    std::int32_t const fd;
    std::uint32_t events = 0; ///< poll_event and epoll_event
    std::uint64_t data = 0;   ///< the program's own

    bool has(std::uint32_t mode) const { return (events & mode) != 0; }
    /// What it is watched for; nothing after a one-shot has been told.
    std::uint32_t wanted() const { return events & ~epoll_event::modes; }

    Waiter waiter;
    base::Link ready_link; ///< among those of its epoll that may be ready
    EpollItem* next_in_bucket = nullptr;
    EpollItem* next_of_file = nullptr;
    EpollItem* previous_of_file = nullptr;
};

} // namespace personality

#pragma once
// One watch of one inotify instance on one inode.

#include <servers/linux/fs/pages/small_memory.hpp>
#include <servers/linux/fs/ref.hpp>

#include <base/list.hpp>

#include <cstdint>

namespace personality {

class Inode;
class NotifyFile;
class Watch;

/// What happens to files, as inotify numbers it (linux/inotify.h).
namespace notify_event {
constexpr std::uint32_t access = 0x1, modify = 0x2, attributes = 0x4, close_write = 0x8,
                        close_no_write = 0x10, open = 0x20, moved_from = 0x40, moved_to = 0x80,
                        create = 0x100, remove = 0x200, remove_self = 0x400, move_self = 0x800,
                        all = 0xfff, unmount = 0x2000, overflow = 0x4000, ignored = 0x8000,
                        folder = 0x4000'0000;
} // namespace notify_event

/// A place in one of the two lists a watch is in: of its inode's watches, and of its volume's.
struct WatchLink {
    Watch* next = nullptr;
    Watch** back = nullptr; ///< what points here
};

class Watch {
public:
    Watch(NotifyFile& of, Inode& on, std::int32_t wd, std::uint32_t wanted);
    ~Watch();
    Watch(Watch const&) = delete;
    Watch& operator=(Watch const&) = delete;

    static void* operator new(std::size_t bytes, SmallMemory& memory) noexcept {
        return memory.allocate(bytes);
    }
    static void operator delete(void* watch) { SmallMemory::release(watch); }

    NotifyFile& file;
    Inode& inode;
    std::int32_t const number;
    std::uint32_t mask; ///< notify_event, and how: watch_flag
    WatchLink in_inode, in_volume;
    base::Link in_file;

private:
    /// An inode that nothing else keeps, since its volume makes it anew for everybody who looks.
    Ref<Inode> kept_;
};

/// How a watch is set (inotify_add_watch).
namespace watch_flag {
constexpr std::uint32_t only_folder = 0x0100'0000, no_follow = 0x0200'0000,
                        not_unlinked = 0x0400'0000, must_be_new = 0x1000'0000,
                        add_to_mask = 0x2000'0000, once = 0x8000'0000;
} // namespace watch_flag

} // namespace personality

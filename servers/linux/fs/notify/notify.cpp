#include <servers/linux/fs/notify/notify.hpp>

#include <servers/linux/fs/inode.hpp>
#include <servers/linux/fs/notify/notify_file.hpp>

namespace personality {

namespace {

constinit std::uint32_t move_cookie = 0;

/// Give an event to all watches of an inode that want it.
void tell(Inode& inode, std::uint32_t event, std::string_view name, std::uint32_t cookie,
          bool unlinked) {
    Watch* next = nullptr;
    for (auto* watch = inode.first_watch; watch != nullptr; watch = next) {
        next = watch->in_inode.next; // the watch may end with this
        if ((watch->mask & event & notify_event::all) == 0) continue;
        if (unlinked && (watch->mask & watch_flag::not_unlinked) != 0) continue;
        watch->file.happened(*watch, event, name, cookie);
    }
}

constexpr std::uint32_t mark(std::uint32_t event, bool of_folder) {
    return event | (of_folder ? notify_event::folder : 0);
}

} // namespace

std::uint32_t next_move_cookie() { return ++move_cookie; }

void tell_watchers(Entry& entry, std::uint32_t event) {
    auto& inode = entry.inode();
    auto const marked = mark(event, inode.folder());
    if (auto* const parent = entry.parent(); parent != nullptr)
        tell(parent->inode(), marked, entry.name(), 0, !entry.alive());
    tell(inode, marked, {}, 0, false);
}

void tell_watchers_of(Inode& inode, std::uint32_t event) {
    // What happens to a folder as a whole was never marked as such.
    bool const self = (event & (notify_event::move_self | notify_event::remove_self)) != 0;
    tell(inode, mark(event, inode.folder() && !self), {}, 0, false);
}

void tell_folder(Inode& folder, std::string_view name, std::uint32_t event, bool of_folder,
                 std::uint32_t cookie) {
    tell(folder, mark(event, of_folder), name, cookie, false);
}

void end_watches(Inode& inode, std::uint32_t event) {
    while (auto* const watch = inode.first_watch) {
        auto& file = watch->file;
        if (event == notify_event::unmount || (watch->mask & event) != 0)
            file.tell(watch->number, event);
        file.end(*watch);
    }
}

void end_watches(Volume& volume) {
    while (auto* const watch = volume.first_watch) {
        Ref const keep(&watch->inode);
        end_watches(*keep, notify_event::unmount);
    }
}

} // namespace personality

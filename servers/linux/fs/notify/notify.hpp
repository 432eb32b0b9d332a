#pragma once
// Where whoever watches files learns what happens to them. Every operation tells it here; while
// nobody watches anything of the volume that costs two loads.

#include <servers/linux/fs/entry.hpp>
#include <servers/linux/fs/notify/watch.hpp>
#include <servers/linux/fs/volume.hpp>

#include <string_view>

namespace personality {

void tell_watchers(Entry& entry, std::uint32_t event);
void tell_watchers_of(Inode& inode, std::uint32_t event);
void tell_folder(Inode& folder, std::string_view name, std::uint32_t event, bool of_folder,
                 std::uint32_t cookie);

/// Something happened to what `entry` names: tell who watches it, and who watches its folder.
inline void notify(Entry& entry, std::uint32_t event) {
    if (entry.inode().volume.first_watch != nullptr) [[unlikely]]
        tell_watchers(entry, event);
}
/// Something happened to an inode, whatever its names are.
inline void notify_inode(Inode& inode, std::uint32_t event) {
    if (inode.first_watch != nullptr) [[unlikely]]
        tell_watchers_of(inode, event);
}
/// A name came to a folder, or went from it. Both halves of a move have one cookie.
inline void notify_name(Inode& folder, std::string_view name, std::uint32_t event, bool of_folder,
                        std::uint32_t cookie = 0) {
    if (folder.first_watch != nullptr) [[unlikely]]
        tell_folder(folder, name, event, of_folder, cookie);
}
std::uint32_t next_move_cookie();

/// The inode is no more (`event` remove_self), or its volume is not (unmount): its watches end.
void end_watches(Inode& inode, std::uint32_t event);
/// All watches of a volume end.
void end_watches(Volume& volume);

} // namespace personality

#pragma once
// Making, removing, linking and moving nodes: the rules that are the same in every volume, with the
// errors Linux gives, in the order Linux finds them. The slots come from PathWalk::find_slot.

#include <servers/linux/fs/actor.hpp>
#include <servers/linux/fs/inode.hpp>
#include <servers/linux/fs/path.hpp>

namespace personality {

/// A new node as it is made in a folder: its owner, and the group that the folder may give it.
NewNode owned_node(Location const& folder, NewNode node, Actor const& actor);
/// mkdir, mknod, symlink, and open with O_CREAT where nothing is.
Result<Location> create_node(Slot const& slot, NewNode node, Actor const& actor);
/// unlink.
Result<> remove_node(Slot const& slot, Actor const& actor);
/// rmdir.
Result<> remove_folder(Slot const& slot, Actor const& actor);
/// link.
Result<> link_node(Location const& node, Slot const& slot, Actor const& actor);

namespace rename_flag {
constexpr std::uint32_t no_replace = 1, exchange = 2, whiteout = 4;
} // namespace rename_flag
Result<> rename_node(Slot const& from, Slot const& to, std::uint32_t flags, Actor const& actor);

/// chmod: the caller must own the file; set-group-ID falls off where the caller isn't of the group.
Result<> change_permissions(Location const& node, std::uint16_t permissions, Actor const& actor);
/// chown: `unchanged` leaves the user or the group as it is.
constexpr std::uint32_t unchanged = ~std::uint32_t{0};
Result<> change_owner(Location const& node, std::uint32_t user, std::uint32_t group,
                      Actor const& actor);
/// truncate, for whoever may write.
Result<> change_size(Location const& node, std::uint64_t bytes, Actor const& actor);

/// As a write does it where the writer lacks CAP_FSETID.
Result<> drop_set_id(Inode& inode);
/// A file that may be written gets another size, and loses its set-id bits as by a write.
Result<> cut(Entry& entry, std::uint64_t bytes, Actor const& actor);

/// EROFS if what is seen there must not change.
Result<> check_changeable(Location const& location);
/// What is needed to put a name into a folder, or take one out.
Result<> check_folder_writable(Location const& folder, Actor const& actor);

} // namespace personality

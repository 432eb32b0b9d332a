#include <servers/linux/fs/node_operations.hpp>

#include <servers/linux/fs/notify/notify.hpp>

namespace personality {

namespace {

/// In a sticky folder only the owners of it or of the file may take the file away.
bool held_by_sticky(Location const& folder, Inode const& child, Actor const& actor) {
    auto const at = folder.inode().access();
    if ((at.permissions & permission::sticky) == 0) return false;
    return !actor.can(Identity::fowner) && at.user != actor.user &&
           child.access().user != actor.user;
}

Result<> check_removable(Slot const& slot, Actor const& actor) {
    TRY(check_folder_writable(slot.folder, actor));
    if (held_by_sticky(slot.folder, slot.found.inode(), actor)) return fail(Errno::perm);
    return {};
}

/// The last step of both removals. Who watches the file hears of its end before its folder does.
Result<> take_away(Slot const& slot) {
    auto& inode = slot.found.inode();
    bool const folder = inode.folder();
    TRY(slot.folder.inode().remove(*slot.folder.entry, *slot.found.entry));
    if (slot.folder.inode().volume.first_watch == nullptr) return {};
    if (!folder) notify_inode(inode, notify_event::attributes);
    bool const last = slot.found.entry->references() == 1 && inode.references() == 1;
    if (last) end_watches(inode, notify_event::remove_self);
    notify_name(slot.folder.inode(), slot.name, notify_event::remove, folder);
    return {};
}

/// Set-group-ID without the right to run means mandatory locking and stays.
std::uint16_t without_set_id(std::uint16_t bits) {
    bits &= static_cast<std::uint16_t>(~permission::set_user);
    if ((bits & 010) != 0) bits &= static_cast<std::uint16_t>(~permission::set_group);
    return bits;
}

bool busy(Location const& at) { return at.entry->mounts != 0 || at.entry == at.mount->root; }

void tell_of_move(Slot const& from, Slot const& to, Inode& moved, Inode* replaced) {
    if (moved.volume.first_watch == nullptr) return;
    auto const cookie = next_move_cookie();
    bool const folder = moved.folder();
    notify_name(from.folder.inode(), from.name, notify_event::moved_from, folder, cookie);
    notify_name(to.folder.inode(), to.name, notify_event::moved_to, folder, cookie);
    if (replaced != nullptr) notify_inode(*replaced, notify_event::attributes);
    notify_inode(moved, notify_event::move_self);
}

} // namespace

Result<> drop_set_id(Inode& inode) {
    auto const bits = inode.access().permissions;
    if (without_set_id(bits) == bits) return {};
    return inode.change({.permissions = without_set_id(bits)});
}

Result<> check_changeable(Location const& location) {
    if (location.mount->flags.read_only || location.inode().volume.read_only)
        return fail(Errno::rofs);
    return {};
}

Result<> check_folder_writable(Location const& folder, Actor const& actor) {
    TRY(check_changeable(folder));
    if (!folder.entry->alive()) return fail(Errno::noent); // removed while somebody stands in it
    return actor.check(folder.inode().access(), wanted::write | wanted::execute);
}

NewNode owned_node(Location const& folder, NewNode node, Actor const& actor) {
    auto const at = folder.inode().access();
    node.user = actor.user;
    node.group = actor.group;
    if ((at.permissions & permission::set_group) == 0) return node;
    node.group = at.group;
    constexpr std::uint16_t runs_as_group = permission::set_group | 010;
    if (node.type == FileType::folder)
        node.permissions |= permission::set_group;
    else if ((node.permissions & runs_as_group) == runs_as_group && !actor.in_group(at.group) &&
             !actor.can(Identity::fsetid))
        node.permissions &= static_cast<std::uint16_t>(~permission::set_group);
    return node;
}

Result<Location> create_node(Slot const& slot, NewNode node, Actor const& actor) {
    if (slot.kind != Slot::Kind::name || slot.found) return fail(Errno::exist);
    if (slot.slash && node.type != FileType::folder) return fail(Errno::noent);
    TRY(check_folder_writable(slot.folder, actor));
    node = owned_node(slot.folder, node, actor);
    auto entry = TRY(slot.folder.inode().create(*slot.folder.entry, slot.name, node));
    notify_name(slot.folder.inode(), slot.name, notify_event::create,
                node.type == FileType::folder);
    return Location{slot.folder.mount, std::move(entry)};
}

Result<> remove_node(Slot const& slot, Actor const& actor) {
    if (slot.kind != Slot::Kind::name) return fail(Errno::isdir);
    if (!slot.found) return fail(Errno::noent);
    if (slot.slash) return fail(slot.found.folder() ? Errno::isdir : Errno::notdir);
    TRY(check_removable(slot, actor));
    if (slot.found.folder()) return fail(Errno::isdir);
    if (busy(slot.found)) return fail(Errno::busy);
    return take_away(slot);
}

Result<> remove_folder(Slot const& slot, Actor const& actor) {
    switch (slot.kind) {
    case Slot::Kind::here: return fail(Errno::inval);
    case Slot::Kind::above: return fail(Errno::notempty);
    case Slot::Kind::root: return fail(Errno::busy);
    case Slot::Kind::name: break;
    }
    if (!slot.found) return fail(Errno::noent);
    if (busy(slot.found)) return fail(Errno::busy);
    TRY(check_removable(slot, actor));
    if (!slot.found.folder()) return fail(Errno::notdir);
    if (!slot.found.inode().empty()) return fail(Errno::notempty);
    return take_away(slot);
}

Result<> link_node(Location const& node, Slot const& slot, Actor const& actor) {
    constexpr std::uint32_t most_links = 1 << 30;
    if (slot.kind != Slot::Kind::name || slot.found) return fail(Errno::exist);
    if (slot.slash) return fail(Errno::noent);
    if (slot.folder.mount != node.mount) return fail(Errno::xdev);
    TRY(check_folder_writable(slot.folder, actor));
    auto const attributes = node.inode().attributes();
    if (node.folder()) return fail(Errno::perm);
    if (attributes.links == 0 && !node.inode().nameless) return fail(Errno::noent);
    if (attributes.links >= most_links) return fail(Errno::mlink);
    TRY(slot.folder.inode().link(*slot.folder.entry, slot.name, node.entry->inode_ref()));
    node.inode().nameless = false;
    notify_inode(node.inode(), notify_event::attributes);
    notify_name(slot.folder.inode(), slot.name, notify_event::create, false);
    return {};
}

Result<> rename_node(Slot const& from, Slot const& to, std::uint32_t flags, Actor const& actor) {
    if (from.folder.mount != to.folder.mount) return fail(Errno::xdev);
    if (from.kind != Slot::Kind::name || to.kind != Slot::Kind::name) return fail(Errno::busy);
    bool const exchange = (flags & rename_flag::exchange) != 0;
    if (!from.found || (exchange && !to.found)) return fail(Errno::noent);
    if ((flags & rename_flag::no_replace) != 0 && to.found) return fail(Errno::exist);
    bool const folder = from.found.folder();
    if (!folder && from.slash) return fail(Errno::notdir);
    if (exchange ? to.slash && !to.found.folder() : !folder && to.slash) return fail(Errno::notdir);
    // A folder can't go into itself, nor take the place of one that it is in.
    if (from.found.entry->above(*to.folder.entry)) return fail(Errno::inval);
    if (to.found && to.found.entry->above(*from.folder.entry))
        return fail(exchange ? Errno::inval : Errno::notempty);
    // Two names of one file: nothing is to be done.
    if (to.found && &from.found.inode() == &to.found.inode()) return {};

    TRY(check_removable(from, actor));
    if (to.found)
        TRY(check_removable(to, actor));
    else
        TRY(check_folder_writable(to.folder, actor));
    bool const moves = from.folder.entry != to.folder.entry;
    if (folder && moves) // its `..` is written
        TRY(actor.check(from.found.inode().attributes(), wanted::write));
    if (to.found && !exchange) {
        if (folder && !to.found.folder()) return fail(Errno::notdir);
        if (!folder && to.found.folder()) return fail(Errno::isdir);
    }
    if (busy(from.found) || (to.found && busy(to.found))) return fail(Errno::busy);
    auto& source = from.folder.inode();
    if (exchange) {
        TRY(source.exchange(*from.found.entry, *to.found.entry));
        tell_of_move(from, to, from.found.inode(), nullptr);
        tell_of_move(to, from, to.found.inode(), nullptr);
        return {};
    }
    if (to.found && folder && !to.found.inode().empty()) return fail(Errno::notempty);
    TRY(source.rename(*from.found.entry, *to.folder.entry, to.name, to.found.entry.get()));
    tell_of_move(from, to, from.found.inode(), to.found ? &to.found.inode() : nullptr);
    return {};
}

Result<> change_permissions(Location const& node, std::uint16_t permissions, Actor const& actor) {
    TRY(check_changeable(node));
    auto const old = node.inode().attributes();
    if (!actor.owns(old)) return fail(Errno::perm);
    if (!actor.can(Identity::fsetid) && !actor.in_group(old.group))
        permissions &= static_cast<std::uint16_t>(~permission::set_group);
    TRY(node.inode().change(
        {.permissions = static_cast<std::uint16_t>(permissions & permission::all)}));
    notify(*node.entry, notify_event::attributes);
    return {};
}

Result<> change_owner(Location const& node, std::uint32_t user, std::uint32_t group,
                      Actor const& actor) {
    TRY(check_changeable(node));
    auto const old = node.inode().attributes();
    AttributeChange change;
    if (user != unchanged) {
        if (!actor.can(Identity::chown) && (old.user != actor.user || user != old.user))
            return fail(Errno::perm);
        change.user = user;
    }
    if (group != unchanged) {
        bool const own_group =
            old.user == actor.user && (group == old.group || actor.in_group(group));
        if (!actor.can(Identity::chown) && !own_group) return fail(Errno::perm);
        change.group = group;
    }
    // A file that changes hands loses its set-id bits.
    if (auto const bits = without_set_id(old.permissions);
        !node.folder() && bits != old.permissions) {
        if (!actor.owns(old)) return fail(Errno::perm);
        change.permissions = bits;
    }
    TRY(node.inode().change(change));
    notify(*node.entry, notify_event::attributes);
    return {};
}

Result<> change_size(Location const& node, std::uint64_t bytes, Actor const& actor) {
    auto& inode = node.inode();
    if (inode.folder()) return fail(Errno::isdir);
    if (inode.type != FileType::regular) return fail(Errno::inval);
    TRY(check_changeable(node));
    TRY(actor.check(inode.attributes(), wanted::write));
    if (inode.writers < 0) return fail(Errno::txtbsy);
    TRY(cut(*node.entry, bytes, actor));
    return {};
}

Result<> cut(Entry& entry, std::uint64_t bytes, Actor const& actor) {
    TRY(entry.inode().resize(bytes));
    if (!actor.can(Identity::fsetid)) TRY(drop_set_id(entry.inode()));
    notify(entry, notify_event::modify);
    return {};
}

} // namespace personality

#include <servers/linux/fs/opening.hpp>

#include <servers/linux/fs/inode.hpp>
#include <servers/linux/fs/node_operations.hpp>
#include <servers/linux/fs/notify/notify.hpp>

namespace personality {

namespace {

constexpr std::uint32_t created_temporary = 020000000; // O_TMPFILE without its O_DIRECTORY

/// An open file that holds no more than the place: O_PATH.
class PathFile final : public File {
public:
    using File::File;
};

unsigned wanted_by(std::uint32_t flags) {
    unsigned mask = 0;
    auto const access = flags & open_flag::access_mask;
    if (access != open_flag::write_only) mask |= wanted::read;
    if (access != open_flag::read_only) mask |= wanted::write;
    if ((flags & open_flag::truncate) != 0) mask |= wanted::write;
    return mask;
}

Result<Ref<File>> open_place(Location const& at, std::uint32_t flags) {
    constexpr auto kept = open_flag::path | open_flag::folder | open_flag::no_follow;
    auto file = make<PathFile>(at, flags & kept);
    if (!file) return fail(Errno::nomem);
    return file;
}

/// O_TMPFILE: a file without a name in the folder's volume.
Result<Ref<File>> open_temporary(Location const& folder, Opening const& opening, Actor const& actor,
                                 Task* task) {
    if (!folder.folder()) return fail(Errno::notdir);
    if ((wanted_by(opening.flags) & wanted::write) == 0) return fail(Errno::inval);
    TRY(check_folder_writable(folder, actor));
    auto const node = owned_node(folder, NewNode{.permissions = opening.permissions}, actor);
    Location const at{folder.mount, TRY(folder.inode().create_nameless(*folder.entry, node))};
    at.inode().nameless = (opening.flags & open_flag::exclusive) == 0;
    return open_location(at, opening.flags & ~open_flag::temporary, actor, task, true);
}

} // namespace

Result<Ref<File>> open_location(Location const& at, std::uint32_t flags, Actor const& actor,
                                Task* task, bool fresh) {
    auto& inode = at.inode();
    if ((flags & open_flag::folder) != 0 && !inode.folder()) return fail(Errno::notdir);
    if ((flags & open_flag::path) != 0) return open_place(at, flags);
    if (inode.type == FileType::symlink) return fail(Errno::loop);
    auto const mask = wanted_by(flags);
    bool const writes = (mask & wanted::write) != 0;
    if (inode.folder() && writes) return fail(Errno::isdir);
    auto const access = inode.access();
    bool const stored = inode.folder() || inode.type == FileType::regular;
    if (writes && stored) TRY(check_changeable(at));
    bool const device =
        inode.type == FileType::character_device || inode.type == FileType::block_device;
    if (device && at.mount->flags.no_devices) return fail(Errno::acces);
    if (!fresh) TRY(actor.check(access, mask)); // who makes a file may open it as he asked
    if ((flags & open_flag::no_access_time) != 0 && !actor.owns(access)) return fail(Errno::perm);
    if (writes && inode.writers < 0) return fail(Errno::txtbsy);
    at.mount->expiring = false;
    auto file = TRY(inode.open({at, flags, actor, task}));
    if ((flags & open_flag::truncate) != 0 && inode.type == FileType::regular && !fresh)
        TRY(cut(*at.entry, 0, actor));
    notify(*at.entry, notify_event::open);
    return file;
}

Result<Ref<File>> open_path(PathWalk& walk, Location start, std::string_view path,
                            Opening const& opening, Actor const& actor, Task* task) {
    auto const flags = opening.flags;
    bool const no_follow = (flags & open_flag::no_follow) != 0;
    if ((flags & created_temporary) != 0) {
        if ((flags & open_flag::folder) == 0) return fail(Errno::inval);
        return open_temporary(TRY(walk.find(std::move(start), path, !no_follow)), opening, actor,
                              task);
    }
    if ((flags & open_flag::create) == 0 || (flags & open_flag::path) != 0) {
        auto const at = TRY(walk.find(std::move(start), path, !no_follow));
        return open_location(at, flags, actor, task);
    }

    bool const exclusive = (flags & open_flag::exclusive) != 0;
    if ((flags & open_flag::folder) != 0) return fail(Errno::inval);
    auto const slot = TRY(exclusive || no_follow ? walk.find_slot(std::move(start), path)
                                                 : walk.find_slot_followed(std::move(start), path));
    if (slot.kind != Slot::Kind::name && !(slot.found && !slot.found.folder()))
        return fail(exclusive ? Errno::exist : Errno::isdir);
    if (slot.slash) return fail(Errno::isdir);
    if (slot.found) {
        if (exclusive) return fail(Errno::exist);
        if (slot.found.folder()) return fail(Errno::isdir);
        return open_location(slot.found, flags, actor, task);
    }
    auto const made = TRY(create_node(slot, NewNode{.permissions = opening.permissions}, actor));
    return open_location(made, flags, actor, task, true);
}

} // namespace personality

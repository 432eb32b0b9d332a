#include <servers/linux/fs/path.hpp>

#include <servers/linux/fs/file_context.hpp>
#include <servers/linux/fs/inode.hpp>
#include <servers/linux/fs/mount_table.hpp>
#include <servers/linux/fs/name_table.hpp>

#include <algorithm>
#include <cstring>

namespace personality {

PathWalk::PathWalk(MountTable const& mounts, FileContext const& context, Actor const& actor)
    : mounts_(mounts), root_(&context.root), actor_(actor) {}

Result<PathWalk::Place> PathWalk::topmost(Place place) const {
    if (place.entry->mounts == 0) [[likely]]
        return place;
    auto const top = place_of(mounts_.topmost(place.location()));
    if ((how_ & resolve::no_mounts) != 0 && top.mount != place.mount) return fail(Errno::xdev);
    return top;
}

Result<PathWalk::Place> PathWalk::above(Place folder) {
    auto at = folder;
    while (true) {
        if (at == place_of(*root_)) {
            if ((how_ & resolve::beneath) != 0) return fail(Errno::xdev);
            return at;
        }
        // The parent is kept by its child, and that by whatever kept it so far.
        if (auto* const parent = at.entry->parent();
            at.entry != at.mount->root.get() && parent != nullptr)
            return topmost({at.mount, parent});
        if (!at.mount->covered) return at; // the root of everything
        if ((how_ & resolve::no_mounts) != 0) return fail(Errno::xdev);
        at = place_of(at.mount->covered);
    }
}

Result<PathWalk::Place> PathWalk::step(Place folder, Component const& component) {
    auto const& name = component.name;
    if (name.size() > Entry::longest_name) return fail(Errno::nametoolong);
    auto& inode = folder.inode();
    if (inode.name_table != nullptr) [[likely]] {
        auto* const entry = inode.name_table->find(name, component.hash);
        if (entry == nullptr) return Place{};
        return topmost({folder.mount, entry});
    }
    auto entry = inode.lookup(*folder.entry, name, actor_);
    if (!entry && entry.error() == Errno::noent) return Place{};
    if (!entry) return fail(entry.error());
    kept_.entry = std::move(*entry);
    return topmost({folder.mount, kept_.entry.get()});
}

Result<> PathWalk::push(std::string_view target) {
    // What is left of the path must stand right behind the target: it moves here with the first
    // link.
    bool const here =
        rest_.data() >= memory_.data() && rest_.data() < memory_.data() + memory_.size();
    if (!here && !rest_.empty()) {
        used_ = rest_.size();
        if (used_ > memory_.size()) return fail(Errno::nametoolong);
        std::memcpy(memory_.data() + memory_.size() - used_, rest_.data(), used_);
    } else {
        used_ = rest_.size();
    }
    if (target.size() + 1 > memory_.size() - used_) return fail(Errno::nametoolong);
    if (used_ != 0) memory_[memory_.size() - ++used_] = '/';
    used_ += target.size();
    std::memcpy(memory_.data() + memory_.size() - used_, target.data(), target.size());
    rest_ = {memory_.data() + memory_.size() - used_, used_};
    return {};
}

/// Go on at a symbolic link's target: returns the folder where `rest_` now begins.
Result<PathWalk::Place> PathWalk::follow_link(Place folder, Place link) {
    constexpr auto scoped = resolve::beneath | resolve::in_root;
    if ((how_ & resolve::no_symlinks) != 0 || ++links_ > most_links) return fail(Errno::loop);
    if (link.mount->flags.no_symlinks) return fail(Errno::loop);
    if (auto jumped = link.inode().jump(actor_)) {
        if (!*jumped) return fail(jumped->error());
        if ((how_ & resolve::no_magic_links) != 0) return fail(Errno::loop);
        auto const other = (*jumped)->mount.get() != folder.mount;
        if ((how_ & scoped) != 0 || (other && (how_ & resolve::no_mounts) != 0))
            return fail(Errno::xdev);
        kept_ = std::move(**jumped);
        return place_of(kept_);
    }
    std::array<char, 64> scratch; // links that keep no text of their own are short
    auto const target = TRY(link.inode().target(scratch, actor_));
    if (target.empty()) return fail(Errno::noent);
    bool const absolute = target.front() == '/';
    TRY(push(target));
    if (!absolute) return folder;
    if ((how_ & resolve::beneath) != 0) return fail(Errno::xdev);
    if ((how_ & resolve::no_mounts) != 0 && root_->mount.get() != folder.mount)
        return fail(Errno::xdev);
    return place_of(*root_);
}

/// Cut the next component off `rest_`, which does not begin with a slash.
PathWalk::Component PathWalk::next_component() {
    auto const* at = rest_.data();
    auto const* const end = at + rest_.size();
    auto hash = Entry::hash_start;
    for (; at != end && *at != '/'; at++) hash = Entry::hash_step(hash, *at);
    auto const length = static_cast<std::size_t>(at - rest_.data());
    Component next{.name = {rest_.data(), length}, .hash = hash, .slash = at != end};
    while (at != end && *at == '/') at++;
    rest_ = {at, static_cast<std::size_t>(end - at)};
    next.last = rest_.empty();
    return next;
}

Result<> PathWalk::walk(Location const& start, std::string_view path, Last mode) {
    if (path.empty()) return fail(Errno::noent);
    constexpr auto scoped = resolve::beneath | resolve::in_root;
    if ((how_ & scoped) != 0) root_ = &start;
    bool const absolute = path.front() == '/';
    if (absolute && (how_ & resolve::beneath) != 0) return fail(Errno::xdev);
    folder_ = place_of(absolute ? *root_ : start);
    found_ = {};
    slash_ = false;
    rest_ = path;
    while (true) {
        while (!rest_.empty() && rest_.front() == '/') rest_.remove_prefix(1);
        if (rest_.empty()) { // only slashes, or a link that led straight to an object
            kind_ = Slot::Kind::root;
            found_ = folder_;
            return {};
        }
        auto& inode = folder_.inode();
        if (!inode.folder()) return fail(Errno::notdir);
        if (!actor_.may(inode.access(), wanted::execute)) return fail(Errno::acces);
        auto const next = next_component();
        Place found;
        kind_ = Slot::Kind::name;
        if (next.name[0] == '.' && next.name.size() == 1) {
            kind_ = Slot::Kind::here;
            found = folder_;
        } else if (next.name[0] == '.' && next.name.size() == 2 && next.name[1] == '.') {
            kind_ = Slot::Kind::above;
            found = TRY(above(folder_));
        } else {
            found = TRY(step(folder_, next));
            if (found.entry == nullptr && !next.last) return fail(Errno::noent);
        }

        bool const link = found.entry != nullptr && found.inode().type == FileType::symlink;
        if (link && (!next.last || mode == Last::follow ||
                     (mode == Last::follow_before_slash && (next.slash || slash_)))) {
            // A slash behind the link stands behind what it leads to.
            if (next.last) slash_ |= next.slash;
            folder_ = TRY(follow_link(folder_, found));
        } else if (!next.last) {
            folder_ = found;
        } else {
            name_ = next.name;
            slash_ |= next.slash;
            found_ = found;
            return {};
        }
    }
}

Result<Location> PathWalk::find(Location const& start, std::string_view path, bool follow) {
    TRY(walk(start, path, follow ? Last::follow : Last::follow_before_slash));
    if (found_.entry == nullptr) return fail(Errno::noent);
    if (slash_ && !found_.inode().folder()) return fail(Errno::notdir);
    return found_.location();
}

Result<Slot> PathWalk::slot(Location const& start, std::string_view path, Last mode) {
    TRY(walk(start, path, mode));
    Slot slot{.folder = folder_.location(), .kind = kind_, .slash = slash_, .name = name_};
    if (found_.entry != nullptr) slot.found = found_.location();
    return slot;
}

Result<Slot> PathWalk::find_slot(Location const& start, std::string_view path) {
    return slot(start, path, Last::keep);
}

Result<Slot> PathWalk::find_slot_followed(Location const& start, std::string_view path) {
    return slot(start, path, Last::follow);
}

Result<std::string_view> path_of(Location const& location, Location const& root, std::span<char> to,
                                 bool marked) {
    auto at = to.size();
    auto const prepend = [&](std::string_view text) {
        if (text.size() > at) return false;
        at -= text.size();
        std::memcpy(to.data() + at, text.data(), text.size());
        return true;
    };
    auto here = location;
    if (marked && !here.entry->alive() && !prepend(" (deleted)")) return fail(Errno::range);
    auto const bottom = at;
    while (here != root) {
        if (here.entry == here.mount->root && here.mount->covered) {
            here = here.mount->covered;
            continue;
        }
        auto* const parent = here.entry->parent();
        if (parent == nullptr) {
            // Out of the root's reach: another tree, or above a chroot. Things without a place in
            // any tree (pipes) have their whole text as their name.
            bool const lost = here.mount->root == here.entry;
            if (!prepend(lost ? "(unreachable)" : here.entry->name())) return fail(Errno::range);
            break;
        }
        if (!prepend(here.entry->name()) || !prepend("/")) return fail(Errno::range);
        here.entry = Ref(parent);
    }
    if (at == bottom && !prepend("/")) return fail(Errno::range);
    return std::string_view(to.data() + at, to.size() - at);
}

} // namespace personality

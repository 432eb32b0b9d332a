#include <servers/linux/fs/path.hpp>

#include <servers/linux/fs/file_context.hpp>
#include <servers/linux/fs/inode.hpp>
#include <servers/linux/fs/mount_table.hpp>

#include <algorithm>
#include <cstring>

namespace personality {

Result<> PathWalk::search(Location const& folder) const {
    if (!folder.folder()) return fail(Errno::notdir);
    return actor_.check(folder.inode().attributes(), wanted::execute);
}

Location PathWalk::above(Location const& folder) const {
    auto at = folder;
    while (true) {
        if (at == context_.root) return at;
        if (auto* const parent = at.entry->parent();
            at.entry != at.mount->root && parent != nullptr)
            return {at.mount, Ref(parent)};
        if (!at.mount->covered) return at; // the root of everything
        at = at.mount->covered;
    }
}

Result<Location> PathWalk::step(Location const& folder, std::string_view name) {
    if (name.size() > Entry::longest_name) return fail(Errno::nametoolong);
    auto entry = TRY(folder.inode().lookup(*folder.entry, name, actor_));
    return mounts_.topmost({folder.mount, std::move(entry)});
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
Result<Location> PathWalk::follow_link(Location const& folder, Location const& link) {
    if (++links_ > most_links) return fail(Errno::loop);
    if (auto jumped = link.inode().jump(actor_)) return *jumped;
    std::array<char, 64> scratch; // links that keep no text of their own are short
    auto const target = TRY(link.inode().target(scratch, actor_));
    if (target.empty()) return fail(Errno::noent);
    bool const absolute = target.front() == '/';
    TRY(push(target));
    return absolute ? context_.root : folder;
}

/// Cut the next component off `rest_`, which does not begin with a slash.
PathWalk::Component PathWalk::next_component() {
    auto const length = std::min(rest_.find('/'), rest_.size());
    Component next{.name = rest_.substr(0, length)};
    rest_.remove_prefix(length);
    next.slash = !rest_.empty();
    rest_.remove_prefix(std::min(rest_.find_first_not_of('/'), rest_.size()));
    next.last = rest_.empty();
    return next;
}

Result<Slot> PathWalk::walk(Location start, std::string_view path, Last mode) {
    if (path.empty()) return fail(Errno::noent);
    Slot slot;
    slot.folder = path.front() == '/' ? context_.root : std::move(start);
    rest_ = path;
    while (true) {
        rest_.remove_prefix(std::min(rest_.find_first_not_of('/'), rest_.size()));
        if (rest_.empty()) { // only slashes, or a link that led straight to an object
            slot.kind = Slot::Kind::root;
            slot.found = slot.folder;
            return slot;
        }
        auto const next = next_component();
        TRY(search(slot.folder));
        Result<Location> found = fail(Errno::noent);
        slot.kind = Slot::Kind::name;
        if (next.name == ".") {
            slot.kind = Slot::Kind::here;
            found = slot.folder;
        } else if (next.name == "..") {
            slot.kind = Slot::Kind::above;
            found = above(slot.folder);
        } else {
            found = step(slot.folder, next.name);
        }
        if (!found && (!next.last || found.error() != Errno::noent)) return fail(found.error());

        bool const follow = !next.last || mode == Last::follow ||
                            (mode == Last::follow_before_slash && (next.slash || slot.slash));
        if (found && found->inode().type == FileType::symlink && follow) {
            // A slash behind the link stands behind what it leads to.
            if (next.last) slot.slash |= next.slash;
            slot.folder = TRY(follow_link(slot.folder, *found));
        } else if (!next.last) {
            slot.folder = std::move(*found);
        } else {
            slot.name = next.name;
            slot.slash |= next.slash;
            if (found) slot.found = std::move(*found);
            return slot;
        }
    }
}

Result<Location> PathWalk::find(Location start, std::string_view path, bool follow) {
    auto slot =
        TRY(walk(std::move(start), path, follow ? Last::follow : Last::follow_before_slash));
    if (!slot.found) return fail(Errno::noent);
    if (slot.slash && !slot.found.folder()) return fail(Errno::notdir);
    return std::move(slot.found);
}

Result<Slot> PathWalk::find_slot(Location start, std::string_view path) {
    return walk(std::move(start), path, Last::keep);
}

Result<Slot> PathWalk::find_slot_followed(Location start, std::string_view path) {
    return walk(std::move(start), path, Last::follow);
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

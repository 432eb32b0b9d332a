#include <servers/linux/fs/mount_table.hpp>

#include <servers/linux/fs/inode.hpp>

#include <algorithm>
#include <cstring>

namespace personality {

Mount::Mount(Ref<Entry> top, Location on, std::uint32_t number)
    : root(std::move(top)), covered(std::move(on)), id(number) {
    volume().mounts++;
}

Mount::~Mount() {
    if (--volume().mounts == 0) volume().unmounted();
}

MountTable::~MountTable() {
    while (!mounts_.empty()) {
        Mount* last = nullptr; // the latest stands on the others
        for (auto& mount : mounts_) last = &mount;
        if (last->covered) last->covered.entry->mounts--;
        base::List<Mount, &Mount::link>::remove(*last);
        last->release();
    }
}

Result<Ref<Mount>> MountTable::mount(Ref<Entry> root, Location on, std::string_view source) {
    if (count_ >= most) return fail(Errno::nospc);
    auto mount = make<Mount>(std::move(root), std::move(on), next_id_);
    if (!mount) return fail(Errno::nomem);
    next_id_++;
    auto const length = std::min(source.size(), sizeof mount->source - 1);
    std::memcpy(mount->source, source.data(), length);
    if (mount->covered) mount->covered.entry->mounts++;
    mount->retain();
    mounts_.push_back(*mount);
    count_++;
    return mount;
}

Result<Ref<Mount>> MountTable::copy(Mount const& of, Ref<Entry> root, Location on) {
    auto made = TRY(mount(std::move(root), std::move(on), of.source));
    made->flags = of.flags;
    return made;
}

Result<> MountTable::bind(Location const& what, Location const& on, bool whole) {
    auto const first = TRY(copy(*what.mount, what.entry, on));
    if (!whole) return {};
    // What stands on something that was copied is copied too, until nothing is left to do: a mount
    // that was moved may come before the one it stands on.
    what.mount->copied = first.get();
    Result<> done;
    for (bool more = true; more && done;) {
        more = false;
        for (auto& mount : mounts_) {
            bool const old = mount.id < first->id && mount.copied == nullptr && mount.covered;
            auto* const below = old ? mount.covered.mount->copied : nullptr;
            if (below == nullptr) continue;
            if (mount.covered.mount == what.mount && !what.entry->above(*mount.covered.entry))
                continue;
            auto const made = copy(mount, mount.root, {Ref(below), mount.covered.entry});
            if (!made) {
                done = fail(made.error());
                break;
            }
            mount.copied = made->get();
            more = true;
        }
    }
    for (auto& mount : mounts_) mount.copied = nullptr;
    what.mount->copied = nullptr; // which may be none of them any more
    if (!done) static_cast<void>(detach(*first));
    return done;
}

Result<> MountTable::move(Mount& mount, Location on) {
    if (!mount.covered) return fail(Errno::inval);
    for (auto const* at = on.mount.get(); at != nullptr; at = at->covered.mount.get())
        if (at == &mount) return fail(Errno::loop);
    mount.covered.entry->mounts--;
    mount.covered = std::move(on);
    mount.covered.entry->mounts++;
    return {};
}

bool MountTable::stood_on(Mount const& mount) const {
    for (auto& other : mounts_)
        if (other.covered.mount.get() == &mount) return true;
    return false;
}

void MountTable::take_off(Mount& mount) {
    mount.covered.entry->mounts--;
    mount.covered = {};
    base::List<Mount, &Mount::link>::remove(mount);
    count_--;
    mount.release();
}

Result<> MountTable::unmount(Mount& mount) {
    if (!mount.covered || stood_on(mount)) return fail(Errno::busy);
    take_off(mount);
    return {};
}

Result<> MountTable::detach(Mount& mount) {
    if (!mount.covered) return fail(Errno::busy);
    Ref const keep(&mount);
    while (stood_on(mount)) {
        // One that nothing stands on, somewhere above.
        auto* at = &mount;
        for (bool higher = true; higher;) {
            higher = false;
            for (auto& other : mounts_) {
                if (other.covered.mount.get() != at) continue;
                at = &other;
                higher = true;
                break;
            }
        }
        take_off(*at);
    }
    take_off(mount);
    return {};
}

Location MountTable::topmost(Location location) const {
    while (location.entry->mounts != 0) {
        Mount* above = nullptr;
        for (auto& mount : mounts_)
            if (mount.covered == location) above = &mount;
        if (above == nullptr) break;
        location = {Ref(above), above->root};
    }
    return location;
}

Location MountTable::root() const {
    if (mounts_.empty()) return {};
    auto& first = mounts_.front();
    return topmost({Ref(&first), first.root});
}

} // namespace personality

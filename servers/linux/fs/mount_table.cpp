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

Result<> MountTable::unmount(Mount& mount) {
    for (auto& other : mounts_)
        if (other.covered && other.covered.mount.get() == &mount) return fail(Errno::busy);
    if (!mount.covered) return fail(Errno::busy);
    mount.covered.entry->mounts--;
    base::List<Mount, &Mount::link>::remove(mount);
    count_--;
    mount.release();
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

#pragma once
// All mounts of a container.

#include <servers/linux/fs/location.hpp>

#include <base/list.hpp>

#include <string_view>

namespace personality {

class MountTable {
public:
    /// Lookups go through them one by one, so there can't be many.
    static constexpr std::uint32_t most = 256;

    MountTable() = default;
    MountTable(MountTable const&) = delete;
    MountTable& operator=(MountTable const&) = delete;
    ~MountTable();

    /// Put `root` onto `on`; no `on`: it becomes the root of the container. ENOMEM, ENOSPC.
    Result<Ref<Mount>> mount(Ref<Entry> root, Location on, std::string_view source);
    /// Show what is at `what` once more, `on` another place; with all that is mounted below it,
    /// if `whole`.
    Result<> bind(Location const& what, Location const& on, bool whole);
    /// Put a mount, with all that stands on it, onto another place. EINVAL: it is the root; ELOOP:
    /// the place is in it.
    Result<> move(Mount& mount, Location on);
    /// Take a mount away on which nothing else stands. EBUSY.
    Result<> unmount(Mount& mount);
    /// Take a mount away with all that stands on it; who is in it stays there. EBUSY: the root.
    Result<> detach(Mount& mount);
    bool stood_on(Mount const& mount) const;

    /// What one sees at a location: the root of whatever is mounted there, or the location itself.
    Location topmost(Location location) const;
    Location root() const;

    template <class Use> void each(Use&& use) const {
        for (auto& mount : mounts_) use(mount);
    }

private:
    // Each mount in the list is referred to by it.
    mutable base::List<Mount, &Mount::link> mounts_;
    std::uint32_t count_ = 0;
    std::uint32_t next_id_ = 20;

    Result<Ref<Mount>> copy(Mount const& of, Ref<Entry> root, Location on);
    void take_off(Mount& mount);
};

} // namespace personality

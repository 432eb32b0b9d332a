#pragma once
// Where something is in the tree of one container: an entry, seen through a mount.

#include <servers/linux/fs/entry.hpp>
#include <servers/linux/fs/ref.hpp>

#include <base/list.hpp>

#include <string_view>

namespace personality {

class Mount;

struct Location {
    Ref<Mount> mount{};
    Ref<Entry> entry{};

    explicit operator bool() const { return static_cast<bool>(entry); }
    bool operator==(Location const&) const = default;
    Inode& inode() const { return entry->inode(); }
    bool folder() const { return inode().folder(); }
};

/// A volume, or a part of one, that stands on a folder of another.
class Mount final : public Counted {
public:
    struct Flags {
        bool read_only = false;
        bool no_exec = false;
        bool no_set_id = false;
        bool no_devices = false;
        bool no_access_times = false;        ///< reading leaves no trace
        bool no_folder_access_times = false; ///< the same for folders alone
        bool strict_access_times = false;    ///< each reading does, not the first alone
        bool no_symlinks = false;            ///< none is followed
    };

    Mount(Ref<Entry> top, Location on, std::uint32_t number);
    Volume& volume() const { return root->inode().volume; }

    Ref<Entry> const root;
    Location covered; ///< what it stands on; none: the root of the container
    std::uint32_t const id;
    Flags flags;
    /// Open files that may be written.
    std::uint32_t writers = 0;
    char source[64]{}; ///< for /proc/mounts
    /// umount2 with MNT_EXPIRE was asked to take it away, and nobody has opened anything since.
    bool expiring = false;
    Mount* copied = nullptr; ///< its copy, while a tree of mounts is bound
    base::Link link;

protected:
    ~Mount() override;
};

} // namespace personality

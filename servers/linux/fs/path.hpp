#pragma once
// Path lookup. All rules of it are here: roots, mounts, `.` and `..`, symbolic links and their
// limit, trailing slashes, the right to search folders.

#include <servers/linux/fs/actor.hpp>
#include <servers/linux/fs/location.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace personality {

class FileContext;
class MountTable;

/// PATH_MAX, the terminating zero included.
constexpr std::size_t longest_path = 4096;

/// What a path's last component was, and where: everything but the last step is done.
struct Slot {
    enum class Kind { name, here, above, root };
    Location folder{};
    Kind kind = Kind::name;  ///< a name, `.`, `..`, or nothing at all (`/`)
    bool slash = false;      ///< slashes follow: it must be, or is to become, a folder
    std::string_view name{}; ///< valid as long as the path and the walk
    /// What has that name, mounts and all; none: nothing, or the last step was not looked up.
    Location found{};
};

/// What a walk must not do, and where it may not leave: as openat2 has it.
namespace resolve {
constexpr std::uint32_t no_mounts = 0x01, no_magic_links = 0x02, no_symlinks = 0x04, beneath = 0x08,
                        in_root = 0x10, cached = 0x20, all = 0x3f;
}

class PathWalk {
public:
    static constexpr unsigned most_links = 40;

    PathWalk(MountTable const& mounts, FileContext const& context, Actor const& actor);

    /// resolve::*; what it forbids ends in EXDEV or ELOOP.
    void restrict(std::uint32_t how) { how_ = how; }

    /// The whole path. `follow`: whether a symbolic link at its end is followed.
    Result<Location> find(Location const& start, std::string_view path, bool follow = true);

    /// All but the last step, then what is there without following it.
    Result<Slot> find_slot(Location const& start, std::string_view path);
    /// As find_slot, but where a symbolic link stands, the slot that it leads to (open with
    /// O_CREAT).
    Result<Slot> find_slot_followed(Location const& start, std::string_view path);

private:
    /// A location on the way, not counted: the tree does not change while somebody walks. What is
    /// in no tree (generated entries, where a link jumps to) is kept by `kept_`.
    struct Place {
        Mount* mount = nullptr;
        Entry* entry = nullptr;
        bool operator==(Place const&) const = default;
        Inode& inode() const { return entry->inode(); }
        Location location() const { return {Ref(mount), Ref(entry)}; }
    };
    static Place place_of(Location const& location) {
        return {location.mount.get(), location.entry.get()};
    }

    MountTable const& mounts_;
    Location const* root_;
    Actor const& actor_;
    std::uint32_t how_ = 0;
    unsigned links_ = 0;
    Location kept_;
    std::string_view rest_;

    // Where the walk ended.
    Place folder_, found_;
    Slot::Kind kind_ = Slot::Kind::name;
    std::string_view name_;
    bool slash_ = false;

    /// Where a path goes on after a symbolic link: its target, then what was left of the path, at
    /// the end of this memory. Links in links push theirs before it.
    std::array<char, 2 * longest_path> memory_;
    std::size_t used_ = 0;

    /// What becomes of a symbolic link at the path's end.
    enum class Last { keep, follow, follow_before_slash };
    struct Component {
        std::string_view name;
        std::uint32_t hash = 0;
        bool slash = false; ///< slashes follow
        bool last = false;
    };

    Component next_component();
    Result<> walk(Location const& start, std::string_view path, Last mode);
    Result<Slot> slot(Location const& start, std::string_view path, Last mode);
    /// One step: the entry of that name, with a mount that stands on it; null: nothing.
    Result<Place> step(Place folder, Component const& component);
    Result<Place> topmost(Place place) const;
    Result<Place> above(Place folder);
    Result<Place> follow_link(Place folder, Place link);
    Result<> push(std::string_view target);
};

/// The path of `location` seen from `root`, written to the end of `to`. Without a way up to the
/// root it begins with "(unreachable)", and removed entries end with " (deleted)", if `marked`.
/// ERANGE.
Result<std::string_view> path_of(Location const& location, Location const& root, std::span<char> to,
                                 bool marked = true);

} // namespace personality

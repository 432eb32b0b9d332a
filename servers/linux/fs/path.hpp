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

class PathWalk {
public:
    static constexpr unsigned most_links = 40;

    PathWalk(MountTable const& mounts, FileContext const& context, Actor const& actor)
        : mounts_(mounts), context_(context), actor_(actor) {}

    /// The whole path. `follow`: whether a symbolic link at its end is followed.
    Result<Location> find(Location start, std::string_view path, bool follow = true);

    /// All but the last step, then what is there without following it.
    Result<Slot> find_slot(Location start, std::string_view path);
    /// As find_slot, but where a symbolic link stands, the slot that it leads to (open with
    /// O_CREAT).
    Result<Slot> find_slot_followed(Location start, std::string_view path);

    /// One step: the entry of that name, with a mount that stands on it.
    Result<Location> step(Location const& folder, std::string_view name);
    Location above(Location const& folder) const;

private:
    MountTable const& mounts_;
    FileContext const& context_;
    Actor const& actor_;
    unsigned links_ = 0;
    std::string_view rest_;
    /// Where a path goes on after a symbolic link: its target, then what was left of the path, at
    /// the end of this memory. Links in links push theirs before it.
    std::array<char, 2 * longest_path> memory_;
    std::size_t used_ = 0;

    /// What becomes of a symbolic link at the path's end.
    enum class Last { keep, follow, follow_before_slash };
    struct Component {
        std::string_view name;
        bool slash = false; ///< slashes follow
        bool last = false;
    };

    Component next_component();
    Result<Slot> walk(Location start, std::string_view path, Last mode);
    Result<Location> follow_link(Location const& folder, Location const& link);
    Result<> push(std::string_view target);
    Result<> search(Location const& folder) const;
};

/// The path of `location` seen from `root`, written to the end of `to`. Without a way up to the
/// root it begins with "(unreachable)", and removed entries end with " (deleted)", if `marked`.
/// ERANGE.
Result<std::string_view> path_of(Location const& location, Location const& root, std::span<char> to,
                                 bool marked = true);

} // namespace personality

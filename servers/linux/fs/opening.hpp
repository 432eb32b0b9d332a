#pragma once
// open: from a path and flags to an open file.

#include <servers/linux/fs/file.hpp>
#include <servers/linux/fs/path.hpp>

namespace personality {

struct Opening {
    std::uint32_t flags = 0;
    std::uint16_t permissions = 0; ///< of a new file; the umask is already taken off
};

/// Open what the path leads to, or make it. The file may still have to finish_open.
Result<Ref<File>> open_path(PathWalk& walk, Location start, std::string_view path,
                            Opening const& opening, Actor const& actor, Task* task);
/// Open what is there, after all checks.
Result<Ref<File>> open_location(Location const& at, std::uint32_t flags, Actor const& actor,
                                Task* task, bool fresh = false);

} // namespace personality

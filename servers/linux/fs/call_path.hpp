#pragma once
// The paths among the arguments of a call: copied in, and walked from where the call says, with the
// rights of the task that makes it.

#include <servers/linux/call.hpp>
#include <servers/linux/fs/actor.hpp>
#include <servers/linux/fs/file.hpp>
#include <servers/linux/fs/path.hpp>
#include <servers/linux/user_memory.hpp>

namespace personality {

class FileContext;
class FileSystem;

FileSystem& files_of(Call& call);
FileContext& context_of(Call& call);

/// Where a path begins: a descriptor of a folder, or at_flag::working_folder. What is absolute does
/// not look at the descriptor.
Result<Location> start_of(Call& call, std::int32_t folder, std::string_view path);

/// The file of a descriptor, kept alive while the call waits. EBADF; O_PATH files too.
Result<Ref<File>> file_of(Call& call, std::int32_t fd);

/// A descriptor for a new file, within the program's limit: EMFILE.
Outcome install(Call& call, Ref<File> file, bool close_on_exec);

class CallPath {
public:
    explicit CallPath(Call& call);
    CallPath(Call& call, Actor const& actor);

    Actor const& actor() const { return actor_; }
    PathWalk& walk() { return walk_; }
    std::string_view text() const { return text_; }
    /// Copy the path in: EFAULT, ENAMETOOLONG.
    Result<std::string_view> load(UserAddress address);

    Result<Location> find(std::int32_t folder, UserAddress address, bool follow = true);
    Result<Slot> slot(std::int32_t folder, UserAddress address);
    /// For calls that know AT_EMPTY_PATH and AT_SYMLINK_NOFOLLOW: with the first, an empty path is
    /// the descriptor itself.
    Result<Location> find_at(std::int32_t folder, UserAddress address, std::uint32_t flags);

private:
    Call& call_;
    Actor const actor_;
    PathWalk walk_;
    std::array<char, longest_path> memory_;
    std::string_view text_;
};

} // namespace personality

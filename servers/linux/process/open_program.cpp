// Opening files to run them: the right to execute is asked for, not the right to read.

#include <servers/linux/fs/caller.hpp>
#include <servers/linux/fs/descriptor_table.hpp>
#include <servers/linux/fs/file_context.hpp>
#include <servers/linux/fs/file_system.hpp>
#include <servers/linux/fs/inode.hpp>
#include <servers/linux/fs/open_flags.hpp>
#include <servers/linux/fs/opening.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/process/program.hpp>
#include <servers/linux/system.hpp>

namespace personality {

namespace {

Result<Location> start_of(Task& task, std::int32_t folder, std::string_view path) {
    if (path.starts_with('/')) return task.place->root;
    if (folder == at_flag::working_folder) return task.place->working;
    auto const file = TRY(task.descriptors->any_file(folder));
    return file->location;
}

} // namespace

Result<Ref<File>> open_program(Task& task, std::int32_t folder, std::string_view path,
                               std::uint32_t flags) {
    if ((flags & ~(at_flag::empty_path | at_flag::symlink_no_follow)) != 0)
        return fail(Errno::inval);
    if (path.empty() && (flags & at_flag::empty_path) == 0) return fail(Errno::noent);
    auto const actor = actor_of(task);
    auto at = TRY(start_of(task, folder, path));
    if (!path.empty()) {
        bool const follow = (flags & at_flag::symlink_no_follow) == 0;
        PathWalk walk(task.system().files->mounts, *task.place, actor);
        at = TRY(walk.find(at, path, follow));
    }
    auto const& inode = at.inode();
    if (inode.type == FileType::symlink) return fail(Errno::loop);
    if (inode.type != FileType::regular) return fail(Errno::acces);
    if (at.mount->flags.no_exec) return fail(Errno::acces);
    TRY(actor.check(inode.attributes(), wanted::execute));
    if (inode.writers > 0) return fail(Errno::txtbsy);
    // To be run it need not be readable for the one who runs it.
    Actor const server{};
    return open_location(at, open_flag::read_only, server, nullptr);
}

} // namespace personality

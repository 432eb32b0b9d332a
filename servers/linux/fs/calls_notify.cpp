// inotify.

#include <servers/linux/fs/calls.hpp>

#include <servers/linux/fs/call_path.hpp>
#include <servers/linux/fs/caller.hpp>
#include <servers/linux/fs/descriptor_table.hpp>
#include <servers/linux/fs/file_system.hpp>
#include <servers/linux/fs/inode.hpp>
#include <servers/linux/fs/notify/notify_file.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/process/task.hpp>

namespace personality::calls {

namespace {

Outcome make_instance(Call& call, std::uint32_t flags) {
    if ((flags & ~(open_flag::close_on_exec | open_flag::nonblock)) != 0) return Errno::inval;
    auto& files = files_of(call);
    auto const user = call.task.identity().uid;
    if (files.notify_files.instances_of(user) >= NotifyFile::most_of_user) return Errno::mfile;
    auto const at = TRY(files.anonymous("anon_inode:inotify"));
    auto file =
        make<NotifyFile>(at, flags & open_flag::nonblock, files.notify_files, files.memory, user);
    if (!file) return Errno::nomem;
    auto const limit = call.task.process.limits.soft(Limit::nofile);
    return call.task.descriptors->add(std::move(file), (flags & open_flag::close_on_exec) != 0,
                                      static_cast<std::uint32_t>(limit));
}

Result<NotifyFile*> instance_of(Call& call) {
    auto const file = TRY(file_of(call, call.fd_arg(0)));
    if (file->path_only()) return fail(Errno::badf);
    if (file->kind() != FileKind::notify) return fail(Errno::inval);
    return static_cast<NotifyFile*>(file.get());
}

} // namespace

Outcome inotify_init(Call& call) { return make_instance(call, 0); }
Outcome inotify_init1(Call& call) { return make_instance(call, call.int_arg(0)); }

Outcome inotify_add_watch(Call& call) {
    constexpr auto known = notify_event::all | notify_event::unmount | notify_event::overflow |
                           notify_event::ignored | notify_event::folder | watch_flag::only_folder |
                           watch_flag::no_follow | watch_flag::not_unlinked |
                           watch_flag::must_be_new | watch_flag::add_to_mask | watch_flag::once;
    auto const mask = call.int_arg(2);
    if (mask == 0 || (mask & ~known) != 0) return Errno::inval;
    TRY(file_of(call, call.fd_arg(0))); // a bad descriptor comes first
    constexpr auto both = watch_flag::add_to_mask | watch_flag::must_be_new;
    if ((mask & both) == both) return Errno::inval;
    auto* const instance = TRY(instance_of(call));
    CallPath path(call);
    auto const at =
        TRY(path.find(at_flag::working_folder, call.args[1], (mask & watch_flag::no_follow) == 0));
    if ((mask & watch_flag::only_folder) != 0 && !at.folder()) return Errno::notdir;
    TRY(path.actor().check(at.inode().access(), wanted::read));
    return instance->watch(at.inode(), mask);
}

Outcome inotify_rm_watch(Call& call) {
    auto* const instance = TRY(instance_of(call));
    return instance->unwatch(call.fd_arg(1));
}

} // namespace personality::calls

#include <servers/linux/fs/call_path.hpp>

#include <servers/linux/fs/caller.hpp>
#include <servers/linux/fs/descriptor_table.hpp>
#include <servers/linux/fs/file_context.hpp>
#include <servers/linux/fs/file_system.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/process/task.hpp>
#include <servers/linux/system.hpp>

#include <algorithm>

namespace personality {

FileSystem& files_of(Call& call) { return *call.task.system().files; }
FileContext& context_of(Call& call) { return *call.task.place; }

Result<Location> start_of(Call& call, std::int32_t folder, std::string_view path) {
    auto& context = context_of(call);
    if (!path.empty() && path.front() == '/') return context.root;
    if (folder == at_flag::working_folder) return context.working;
    auto const file = TRY(call.task.descriptors->any_file(folder));
    if (!path.empty() && !file->inode().folder()) return fail(Errno::notdir);
    return file->location;
}

Result<Ref<File>> file_of(Call& call, std::int32_t fd) {
    if (!call.held[0]) {
        auto file = TRY(call.task.descriptors->any_file(fd));
        call.held[0] = file;
        return file;
    }
    return Ref(static_cast<File*>(call.held[0].get()));
}

Outcome install(Call& call, Ref<File> file, bool close_on_exec) {
    auto const soft = call.task.process.limits.soft(Limit::nofile);
    auto const limit =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(soft, DescriptorTable::most));
    return call.task.descriptors->add(std::move(file), close_on_exec, limit);
}

CallPath::CallPath(Call& call) : CallPath(call, actor_of(call.task)) {}

CallPath::CallPath(Call& call, Actor const& actor)
    : call_(call), actor_(actor), walk_(files_of(call).mounts, context_of(call), actor_) {}

Result<std::string_view> CallPath::load(UserAddress address) {
    return text_ = TRY(call_.task.memory().string(memory_, address));
}

Result<Location> CallPath::find(std::int32_t folder, UserAddress address, bool follow) {
    TRY(load(address));
    if (text_.empty()) return fail(Errno::noent);
    auto start = TRY(start_of(call_, folder, text_));
    return walk_.find(std::move(start), text_, follow);
}

Result<Slot> CallPath::slot(std::int32_t folder, UserAddress address) {
    TRY(load(address));
    if (text_.empty()) return fail(Errno::noent);
    auto start = TRY(start_of(call_, folder, text_));
    return walk_.find_slot(std::move(start), text_);
}

Result<Location> CallPath::find_at(std::int32_t folder, UserAddress address, std::uint32_t flags) {
    TRY(load(address));
    auto start = TRY(start_of(call_, folder, text_));
    if (text_.empty()) {
        if ((flags & at_flag::empty_path) == 0) return fail(Errno::noent);
        return start;
    }
    return walk_.find(std::move(start), text_, (flags & at_flag::symlink_no_follow) == 0);
}

} // namespace personality

// mount and umount2.

#include <servers/linux/fs/calls.hpp>

#include <servers/linux/fs/call_path.hpp>
#include <servers/linux/fs/file_system.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/task.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace personality::calls {

namespace {

namespace mount_flag {
constexpr std::uint64_t read_only = 1, no_set_id = 2, no_devices = 4, no_exec = 8, remount = 32,
                        bind = 4096, move = 8192, propagation = 0xe'0000;
} // namespace mount_flag

using Word = std::array<char, 256>;

Result<std::string_view> optional_string(Call& call, Word& memory, UserAddress address) {
    if (address == 0) return std::string_view{};
    return call.task.memory().string(memory, address, Errno::inval);
}

/// The "size=" among the options of a tmpfs, in pages: a number with k, m or g behind it, or a
/// percentage of memory. Half of it, if there is none.
std::uint64_t size_option(std::string_view options, std::uint64_t total_pages) {
    constexpr std::string_view key = "size=";
    auto const at = options.find(key);
    if (at == std::string_view::npos) return total_pages / 2;
    auto const text = options.substr(at + key.size());
    std::uint64_t number = 0;
    auto const end = std::from_chars(text.data(), text.data() + text.size(), number).ptr;
    auto const unit = end == text.data() + text.size() ? ',' : *end;
    switch (unit) {
    case 'k':
    case 'K': return number / (page_bytes / 1024);
    case 'm':
    case 'M': return number * (1024 * 1024 / page_bytes);
    case 'g':
    case 'G': return number * (1024 * 1024 * 1024 / page_bytes);
    case '%': return total_pages * std::min<std::uint64_t>(number, 100) / 100;
    default: return (number + page_bytes - 1) / page_bytes;
    }
}

Result<Ref<Entry>> make_volume(FileSystem& files, std::string_view type, std::string_view options) {
    if (type == "proc" && files.proc_root) return files.proc_root;
    if (type == "sysfs" && files.sys_root) return files.sys_root;
    if (type == "devpts" && files.pts) return files.pts->root;
    if (type != "tmpfs" && type != "ramfs") return fail(Errno::nodev);
    auto const pages = files.environment.frames.total();
    auto const volume =
        make<RamVolume>(files.environment, files.memory, files.devices, files.next_minor(),
                        type == "tmpfs" ? "tmpfs" : "ramfs", pages / 2);
    if (!volume) return fail(Errno::nomem);
    if (type == "tmpfs") volume->quota.limit = size_option(options, pages);
    return volume->make_root(01777);
}

void set_flags(Mount& mount, std::uint64_t flags) {
    mount.flags = {.read_only = (flags & mount_flag::read_only) != 0,
                   .no_exec = (flags & mount_flag::no_exec) != 0,
                   .no_set_id = (flags & mount_flag::no_set_id) != 0,
                   .no_devices = (flags & mount_flag::no_devices) != 0};
}

} // namespace

Outcome mount(Call& call) {
    if (!call.task.identity().can(Identity::sys_admin)) return Errno::perm;
    auto& files = files_of(call);
    auto const flags = call.args[3];
    CallPath target(call);
    auto const on = TRY(target.find(at_flag::working_folder, call.args[1]));
    if ((flags & mount_flag::remount) != 0) {
        if (on.entry != on.mount->root) return Errno::inval;
        set_flags(*on.mount, flags);
        return 0;
    }
    if ((flags & mount_flag::propagation) != 0) return 0; // there is one tree for all
    if ((flags & mount_flag::move) != 0) return Errno::inval;
    if ((flags & mount_flag::bind) != 0) {
        CallPath source(call);
        auto const what = TRY(source.find(at_flag::working_folder, call.args[0]));
        if (what.folder() != on.folder()) return Errno::notdir;
        auto const made = TRY(files.mounts.mount(what.entry, on, source.text()));
        made->flags = what.mount->flags;
        return 0;
    }
    if (!on.folder()) return Errno::notdir;
    Word source_memory, type_memory, option_memory;
    auto const type = TRY(optional_string(call, type_memory, call.args[2]));
    auto const options = TRY(optional_string(call, option_memory, call.args[4]));
    auto const source = TRY(optional_string(call, source_memory, call.args[0]));
    auto root = TRY(make_volume(files, type, options));
    auto const made = TRY(files.mounts.mount(std::move(root), on, source));
    set_flags(*made, flags);
    return 0;
}

Outcome umount2(Call& call) {
    constexpr std::uint32_t force = 1, detach = 2, expire = 4, no_follow = 8;
    auto const flags = call.int_arg(1);
    if ((flags & ~(force | detach | expire | no_follow)) != 0) return Errno::inval;
    if (!call.task.identity().can(Identity::sys_admin)) return Errno::perm;
    CallPath path(call);
    auto const at = TRY(path.find(at_flag::working_folder, call.args[0], (flags & no_follow) == 0));
    if (at.entry != at.mount->root) return Errno::inval;
    // The table's reference and the one here; whoever stands in it or has files open has others.
    if ((flags & detach) == 0 && at.mount->references() > 2) return Errno::busy;
    auto& files = files_of(call);
    TRY(files.mounts.unmount(*at.mount));
    return 0;
}

} // namespace personality::calls

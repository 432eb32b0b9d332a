// mount and umount2.

#include <servers/linux/fs/calls.hpp>

#include <servers/linux/fs/call_path.hpp>
#include <servers/linux/fs/file_system.hpp>
#include <servers/linux/memory/program_space.hpp>
#include <servers/linux/process/task.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>

namespace personality::calls {

namespace {

namespace mount_flag {
constexpr std::uint64_t read_only = 1, no_set_id = 2, no_devices = 4, no_exec = 8, remount = 32,
                        no_symlinks = 256, no_access_times = 1024, no_folder_access_times = 2048,
                        bind = 4096, move = 8192, whole = 16384, silent = 32768,
                        propagation = 0x1e'0000, relative_times = 1 << 21, strict_times = 1 << 24,
                        no_user = 1ULL << 31;
constexpr auto access_times =
    no_access_times | no_folder_access_times | relative_times | strict_times;
/// Old programs say in the upper half that the lower is what they mean.
constexpr std::uint64_t magic = 0xc0ed'0000, magic_mask = 0xffff'0000;
} // namespace mount_flag

using Word = std::array<char, 256>;

Result<std::string_view> optional_string(Call& call, Word& memory, UserAddress address) {
    if (address == 0) return std::string_view{};
    return call.task.memory().string(memory, address, Errno::inval);
}

Result<std::uint64_t> number(std::string_view text, int base, char& unit) {
    std::uint64_t value = 0;
    auto const* const end = text.data() + text.size();
    auto const parsed = std::from_chars(text.data(), end, value, base);
    if (parsed.ec != std::errc{} || end - parsed.ptr > 1) return fail(Errno::inval);
    unit = parsed.ptr == end ? '\0' : *parsed.ptr;
    return value;
}

/// A number with k, m, g or t behind it.
Result<std::uint64_t> amount(std::string_view text) {
    char unit;
    auto const value = TRY(number(text, 10, unit));
    unsigned shift = 0;
    switch (unit) {
    case '\0': break;
    case 'k':
    case 'K': shift = 10; break;
    case 'm':
    case 'M': shift = 20; break;
    case 'g':
    case 'G': shift = 30; break;
    case 't':
    case 'T': shift = 40; break;
    default: return fail(Errno::inval);
    }
    return value > ~std::uint64_t{0} >> shift ? ~std::uint64_t{0} : value << shift;
}

Result<std::uint64_t> plain(std::string_view text, int base, std::uint64_t most) {
    char unit;
    auto const value = TRY(number(text, base, unit));
    if (unit != '\0' || value > most) return fail(Errno::inval);
    return value;
}

Result<> take_option(RamOptions& options, std::string_view option, std::uint64_t all_pages) {
    auto const at = option.find('=');
    auto const name = option.substr(0, at);
    auto const value = at == std::string_view::npos ? std::string_view{} : option.substr(at + 1);
    constexpr auto most_id = ~std::uint32_t{0} - 1;
    if (name == "size") {
        if (value.ends_with('%'))
            options.pages =
                all_pages * TRY(plain(value.substr(0, value.size() - 1), 10, 1 << 20)) / 100;
        else
            options.pages =
                TRY(amount(value)) / page_bytes + (TRY(amount(value)) % page_bytes != 0);
    } else if (name == "nr_blocks") {
        options.pages = TRY(amount(value));
    } else if (name == "nr_inodes") {
        options.nodes = TRY(amount(value));
    } else if (name == "mode") {
        options.permissions = static_cast<std::uint16_t>(TRY(plain(value, 8, 07777)));
    } else if (name == "uid") {
        options.user = static_cast<std::uint32_t>(TRY(plain(value, 10, most_id)));
    } else if (name == "gid") {
        options.group = static_cast<std::uint32_t>(TRY(plain(value, 10, most_id)));
    } else if (name != "inode32" && name != "inode64") { // inode numbers have 64 bits either way
        return fail(Errno::inval);
    }
    return {};
}

Result<RamOptions> read_options(std::string_view text, std::uint64_t all_pages) {
    RamOptions options;
    while (!text.empty()) {
        auto const end = std::min(text.find(','), text.size());
        if (end != 0) TRY(take_option(options, text.substr(0, end), all_pages));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return options;
}

Result<Ref<Entry>> make_volume(FileSystem& files, std::string_view type, std::string_view text) {
    if (type == "proc" && files.proc_root) return files.proc_root;
    if (type == "sysfs" && files.sys_root) return files.sys_root;
    if (type == "devtmpfs") return files.dev_root;
    if (type == "devpts" && files.pts) return files.pts->root;
    if (type != "tmpfs" && type != "ramfs") return fail(Errno::nodev);
    auto const pages = files.environment.frames.total();
    auto const volume =
        make<RamVolume>(files.environment, files.memory, files.devices, files.next_minor(),
                        type == "tmpfs" ? "tmpfs" : "ramfs", pages / 2);
    if (!volume) return fail(Errno::nomem);
    if (type == "ramfs") return volume->make_root(0755);
    auto const options = TRY(read_options(text, pages));
    volume->quota.limit = pages / 2;
    TRY(volume->limit(options));
    auto root = TRY(volume->make_root(options.permissions));
    TRY(root->inode().change({.user = options.user, .group = options.group}));
    return root;
}

Mount::Flags flags_from(std::uint64_t flags) {
    bool const strict = (flags & mount_flag::strict_times) != 0;
    return {.read_only = (flags & mount_flag::read_only) != 0,
            .no_exec = (flags & mount_flag::no_exec) != 0,
            .no_set_id = (flags & mount_flag::no_set_id) != 0,
            .no_devices = (flags & mount_flag::no_devices) != 0,
            .no_access_times = !strict && (flags & mount_flag::no_access_times) != 0,
            .no_folder_access_times = (flags & mount_flag::no_folder_access_times) != 0,
            .strict_access_times = strict,
            .no_symlinks = (flags & mount_flag::no_symlinks) != 0};
}

/// Other flags on a mount; or, without `alone`, on its volume, which then changes for all mounts.
Outcome remount(Call& call, FileSystem& files, Location const& on, std::uint64_t flags,
                bool alone) {
    if (on.entry != on.mount->root) return Errno::inval;
    auto& here = *on.mount;
    auto& volume = here.volume();
    auto wanted = flags_from(flags);
    if ((flags & mount_flag::access_times) == 0) { // what is not said stays
        wanted.no_access_times = here.flags.no_access_times;
        wanted.no_folder_access_times = here.flags.no_folder_access_times;
        wanted.strict_access_times = here.flags.strict_access_times;
    }
    if (alone) {
        if (wanted.read_only && !here.flags.read_only && here.writers != 0) return Errno::busy;
        here.flags = wanted;
        return 0;
    }
    std::uint32_t writers = 0;
    files.mounts.each(
        [&](Mount& each) { writers += &each.volume() == &volume ? each.writers : 0; });
    if (wanted.read_only && !volume.read_only && writers != 0) return Errno::busy;
    Word memory;
    auto const text = TRY(optional_string(call, memory, call.args[4]));
    if (volume.type == "tmpfs" && !text.empty()) {
        auto const options = TRY(read_options(text, files.environment.frames.total()));
        TRY(static_cast<RamVolume&>(volume).limit(options));
    }
    volume.read_only = wanted.read_only;
    here.flags = wanted;
    here.flags.read_only = false;
    return 0;
}

Result<Location> source_of(Call& call) {
    if (call.args[0] == 0) return fail(Errno::inval);
    CallPath source(call);
    if (TRY(source.load(call.args[0])).empty()) return fail(Errno::inval);
    return source.find(at_flag::working_folder, call.args[0]);
}

Outcome bind(Call& call, FileSystem& files, Location const& on, bool whole) {
    auto const what = TRY(source_of(call));
    if (what.folder() != on.folder()) return Errno::notdir;
    return files.mounts.bind(what, on, whole);
}

Outcome move(Call& call, FileSystem& files, Location const& on) {
    auto const what = TRY(source_of(call));
    if (what.entry != what.mount->root || what.folder() != on.folder()) return Errno::inval;
    return files.mounts.move(*what.mount, on);
}

Outcome mount_volume(Call& call, FileSystem& files, Location const& on, std::uint64_t flags) {
    if (call.args[2] == 0) return Errno::inval;
    Word source_memory, type_memory, option_memory;
    auto const type = TRY(optional_string(call, type_memory, call.args[2]));
    auto const options = TRY(optional_string(call, option_memory, call.args[4]));
    auto const source = TRY(optional_string(call, source_memory, call.args[0]));
    auto root = TRY(make_volume(files, type, options));
    if (!on.folder()) return Errno::notdir;
    auto const made = TRY(files.mounts.mount(std::move(root), on, source));
    made->flags = flags_from(flags);
    if (type == "tmpfs" || type == "ramfs") { // one of its own
        made->volume().read_only = made->flags.read_only;
        made->flags.read_only = false;
    }
    return 0;
}

} // namespace

Outcome mount(Call& call) {
    auto flags = call.args[3];
    if ((flags & mount_flag::magic_mask) == mount_flag::magic) flags &= ~mount_flag::magic_mask;
    auto& files = files_of(call);
    CallPath target(call);
    auto const on = TRY(target.find(at_flag::working_folder, call.args[1]));
    if (!call.task.identity().can(Identity::sys_admin)) return Errno::perm;
    if ((flags & mount_flag::no_user) != 0) return Errno::inval;
    if ((flags & mount_flag::remount) != 0)
        return remount(call, files, on, flags, (flags & mount_flag::bind) != 0);
    if ((flags & mount_flag::bind) != 0)
        return bind(call, files, on, (flags & mount_flag::whole) != 0);
    if (auto const kind = flags & mount_flag::propagation; kind != 0) {
        // There is one tree for all: mounts go nowhere else, whatever is agreed about that.
        auto const rest = flags & ~(kind | mount_flag::whole | mount_flag::silent);
        bool const one = std::has_single_bit(kind) && rest == 0;
        return one && on.entry == on.mount->root ? Outcome(0) : Errno::inval;
    }
    if ((flags & mount_flag::move) != 0) return move(call, files, on);
    return mount_volume(call, files, on, flags);
}

Outcome umount2(Call& call) {
    constexpr std::uint32_t force = 1, detach = 2, expire = 4, no_follow = 8;
    auto const flags = call.int_arg(1);
    if ((flags & ~(force | detach | expire | no_follow)) != 0) return Errno::inval;
    CallPath path(call);
    auto const at = TRY(path.find(at_flag::working_folder, call.args[0], (flags & no_follow) == 0));
    if (at.entry != at.mount->root) return Errno::inval;
    if (!call.task.identity().can(Identity::sys_admin)) return Errno::perm;
    auto& files = files_of(call);
    auto& mount = *at.mount;
    if ((flags & expire) != 0 && (flags & (force | detach)) != 0) return Errno::inval;
    if ((flags & detach) != 0) return files.mounts.detach(mount);
    // The table's reference and the one here; whoever stands in it or has files open has others.
    if (mount.references() > 2) return Errno::busy;
    if ((flags & expire) != 0 && !mount.expiring) {
        mount.expiring = true;
        return Errno::again;
    }
    return files.mounts.unmount(mount);
}

} // namespace personality::calls

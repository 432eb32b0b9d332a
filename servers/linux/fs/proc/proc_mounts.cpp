#include <servers/linux/fs/proc/proc_mounts.hpp>

#include <servers/linux/fs/file_system.hpp>
#include <servers/linux/fs/generated/text.hpp>
#include <servers/linux/fs/volume.hpp>

#include <algorithm>
#include <array>

namespace personality {

namespace {

/// Blanks and their kind as octal numbers, as fields are told apart by blanks.
void put_escaped(Text& text, std::string_view path) {
    for (char c : path) {
        bool const special = c == ' ' || c == '\t' || c == '\n' || c == '\\';
        if (special)
            text.put('\\').octal(static_cast<unsigned char>(c), 3);
        else
            text.put(c);
    }
}

std::string_view place_of(Mount& mount, FileSystem& files, std::span<char> memory) {
    if (!mount.covered) return "/";
    return path_of(mount.covered, files.mounts.root(), memory, false).value_or("/");
}

/// The flags of the mount itself, as both lists have them.
void put_flags(Text& text, Mount::Flags const& flags) {
    if (flags.no_set_id) text.put(",nosuid");
    if (flags.no_devices) text.put(",nodev");
    if (flags.no_exec) text.put(",noexec");
    if (flags.no_access_times) text.put(",noatime");
    if (flags.no_folder_access_times) text.put(",nodiratime");
    if (!flags.no_access_times && !flags.strict_access_times) text.put(",relatime");
    if (flags.no_symlinks) text.put(",nosymfollow");
}

/// Which part of its volume a mount shows.
void put_root(Text& text, Entry const& root, std::span<char> memory) {
    auto at = memory.size();
    for (auto const* entry = &root; entry->parent() != nullptr; entry = entry->parent()) {
        auto const name = entry->name();
        if (name.size() + 1 > at) break;
        at -= name.size() + 1;
        memory[at] = '/';
        std::ranges::copy(name, memory.begin() + static_cast<std::ptrdiff_t>(at) + 1);
    }
    std::string_view const path(memory.data() + at, memory.size() - at);
    put_escaped(text, path.empty() ? "/" : path);
}

std::string_view source_of(Mount const& mount) {
    std::string_view const source(mount.source);
    return source.empty() ? "none" : source;
}

} // namespace

Result<> render_mounts(FileSystem& files, Text& text) {
    std::array<char, longest_path> memory;
    files.mounts.each([&](Mount& mount) {
        put_escaped(text, source_of(mount));
        text.put(' ');
        put_escaped(text, place_of(mount, files, memory));
        text.put(' ').put(mount.volume().type).put(' ');
        text.put(mount.flags.read_only || mount.volume().read_only ? "ro" : "rw");
        put_flags(text, mount.flags);
        mount.volume().put_options(text);
        text.put(" 0 0\n");
    });
    return {};
}

Result<> render_mountinfo(FileSystem& files, Text& text) {
    std::array<char, longest_path> memory;
    files.mounts.each([&](Mount& mount) {
        auto const parent = mount.covered ? mount.covered.mount->id : 1;
        auto const& device = mount.volume().device;
        text.decimal(mount.id).put(' ').decimal(parent).put(' ');
        text.decimal(device.major).put(':').decimal(device.minor).put(' ');
        put_root(text, *mount.root, memory);
        text.put(' ');
        put_escaped(text, place_of(mount, files, memory));
        text.put(' ');
        text.put(mount.flags.read_only ? "ro" : "rw");
        put_flags(text, mount.flags);
        text.put(" - ").put(mount.volume().type).put(' ');
        put_escaped(text, source_of(mount));
        text.put(mount.volume().read_only ? " ro" : " rw");
        mount.volume().put_options(text);
        text.put('\n');
    });
    return {};
}

} // namespace personality

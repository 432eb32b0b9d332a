#include <servers/linux/fs/proc/proc_mounts.hpp>

#include <servers/linux/fs/file_system.hpp>
#include <servers/linux/fs/generated/text.hpp>
#include <servers/linux/fs/volume.hpp>

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

void put_options(Text& text, Mount const& mount) {
    text.put(mount.flags.read_only ? "ro" : "rw");
    if (mount.flags.no_set_id) text.put(",nosuid");
    if (mount.flags.no_devices) text.put(",nodev");
    if (mount.flags.no_exec) text.put(",noexec");
    text.put(",relatime");
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
        put_options(text, mount);
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
        text.decimal(device.major).put(':').decimal(device.minor).put(" / ");
        put_escaped(text, place_of(mount, files, memory));
        text.put(' ');
        put_options(text, mount);
        text.put(" - ").put(mount.volume().type).put(' ');
        put_escaped(text, source_of(mount));
        text.put(mount.flags.read_only ? " ro\n" : " rw\n");
    });
    return {};
}

} // namespace personality

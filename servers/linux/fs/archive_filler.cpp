#include <servers/linux/fs/archive_filler.hpp>

#include <servers/linux/fs/file_system.hpp>
#include <servers/linux/fs/node_operations.hpp>
#include <servers/linux/fs/ram/ram_file.hpp>
#include <servers/linux/fs/ram/ram_folder.hpp>

namespace personality {

namespace {

bool of_file_tree(boot_archive::Type type) { return type >= boot_archive::Type::file; }

FileType file_type(boot_archive::Type type) {
    switch (type) {
    case boot_archive::Type::folder: return FileType::folder;
    case boot_archive::Type::symlink: return FileType::symlink;
    case boot_archive::Type::character_device: return FileType::character_device;
    case boot_archive::Type::block_device: return FileType::block_device;
    case boot_archive::Type::fifo: return FileType::fifo;
    default: return FileType::regular;
    }
}

NewNode new_node(boot_archive::Node const& node) {
    return {.type = file_type(node.type),
            .permissions = static_cast<std::uint16_t>(node.mode & permission::all),
            .user = node.uid,
            .group = node.gid,
            .device = {node.device_major, node.device_minor},
            .target = node.type == boot_archive::Type::symlink ? node.text() : std::string_view{}};
}

/// The archive's owner, bits and time, on what was made for it.
Result<> dress(Inode& inode, boot_archive::Node const& node) {
    auto const time = Timestamp::from_ns(node.modified_ns);
    return inode.change({.permissions = static_cast<std::uint16_t>(node.mode & permission::all),
                         .user = node.uid,
                         .group = node.gid,
                         .accessed = time,
                         .modified = time});
}

} // namespace

Result<std::size_t> ArchiveFiller::fill(std::span<std::byte const> module) {
    std::size_t lost = 0;
    while (!module.empty()) {
        auto const archive = boot_archive::Archive::open(module);
        if (!archive) return fail(Errno::inval);
        for (std::size_t i = 0; i < archive->size(); i++) {
            auto const node = (*archive)[i];
            if (!of_file_tree(node.type)) continue;
            auto const added = add(node);
            if (!added && added.error() == Errno::nomem) return fail(Errno::nomem);
            lost += !added;
        }
        module = boot_archive::tail(module, *archive);
    }
    return lost;
}

Result<> ArchiveFiller::add(boot_archive::Node const& node) {
    if (node.name == "/") return dress(files_.mounts.root().inode(), node);
    auto const slash = node.name.rfind('/');
    auto const folder =
        TRY(files_.make_folders(slash == 0 ? "/" : node.name.substr(0, slash), 0755));
    auto const name = node.name.substr(slash + 1);
    Actor const nobody;

    if (auto const old = folder.inode().lookup(*folder.entry, name, nobody)) {
        auto& inode = (*old)->inode();
        if (node.type == boot_archive::Type::folder) {
            if (inode.folder()) return dress(inode, node);
            // A link to a folder does for one (/bin, which is usr/bin).
            if (auto const led = files_.find(node.name); led && led->folder()) return {};
        }
        if (inode.folder() && !inode.empty()) return fail(Errno::notempty);
        TRY(folder.inode().remove(*folder.entry, **old));
    }
    switch (node.type) {
    case boot_archive::Type::file: return add_file(folder, name, node);
    case boot_archive::Type::hard_link: return add_link(folder, name, node);
    default:
        auto const made = TRY(folder.inode().create(*folder.entry, name, new_node(node)));
        return dress(made->inode(), node);
    }
}

Result<> ArchiveFiller::add_file(Location const& folder, std::string_view name,
                                 boot_archive::Node const& node) {
    auto& parent = static_cast<RamFolder&>(folder.inode());
    auto& volume = parent.ram();
    auto const first =
        node.data.empty() ? Frame{} : files_.environment.frames.frame_at(node.data.data());
    if (!node.data.empty() && !first) return fail(Errno::inval); // not in a page of the archive
    auto contents = FileContents::create(volume.memory, files_.environment.frames, volume.quota,
                                         first, node.data.size());
    if (!contents) return fail(Errno::nomem);
    Ref<RamFile> const inode(new (volume.memory) RamFile(volume, new_node(node), contents));
    if (!inode) return fail(Errno::nomem);
    TRY(parent.adopt(*folder.entry, name, inode));
    return dress(*inode, node);
}

Result<> ArchiveFiller::add_link(Location const& folder, std::string_view name,
                                 boot_archive::Node const& node) {
    auto const target = TRY(files_.find(node.text()));
    if (target.folder() || target.mount != folder.mount) return fail(Errno::perm);
    TRY(folder.inode().link(*folder.entry, name, target.entry->inode_ref()));
    return {};
}

} // namespace personality

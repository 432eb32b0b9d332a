#include <servers/linux/fs/ram/ram_node.hpp>

#include <servers/linux/fs/device/devices.hpp>
#include <servers/linux/fs/file.hpp>
#include <servers/linux/fs/notify/notify.hpp>
#include <servers/linux/fs/pipe/pipe.hpp>
#include <servers/linux/fs/pipe/pipe_file.hpp>
#include <servers/linux/fs/ram/ram_file.hpp>
#include <servers/linux/fs/ram/ram_folder.hpp>
#include <servers/linux/fs/ram/ram_link.hpp>

namespace personality {

RamNode::RamNode(RamVolume& of, NewNode const& node) : Inode(of, of.next_number(), node.type) {
    of.nodes++;
    auto const now = of.now();
    stored_ = {.type = node.type,
               .permissions = node.permissions,
               .links = 1,
               .user = node.user,
               .group = node.group,
               .device = node.device,
               .accessed = now,
               .modified = now,
               .changed = now,
               .born = now};
}

RamNode::~RamNode() {
    if (first_watch != nullptr) end_watches(*this, notify_event::remove_self);
    ram().nodes--;
}

void RamNode::set_pipe(Ref<Pipe> pipe) { pipe_ = std::move(pipe); }

Result<Ref<RamNode>> RamNode::create_node(RamVolume& of, NewNode const& node) {
    if (of.nodes >= of.node_limit) return fail(Errno::nospc);
    RamNode* made = nullptr;
    if (node.type == FileType::folder) {
        made = new (of.memory) RamFolder(of, node);
    } else if (node.type == FileType::regular) {
        auto contents = FileContents::create(of.memory, of.environment.frames, of.quota);
        if (contents) made = new (of.memory) RamFile(of, node, std::move(contents));
    } else if (node.type == FileType::symlink) {
        if (node.target.size() >= page_bytes) return fail(Errno::nametoolong);
        Ref<RamLink> link(new (of.memory) RamLink(of, node));
        if (!link) return fail(Errno::nomem);
        TRY(link->write(node.target));
        return link;
    } else {
        made = new (of.memory) RamNode(of, node);
    }
    if (made == nullptr) return fail(Errno::nomem);
    return Ref(made);
}

Result<> RamNode::change(AttributeChange const& change) {
    if (change.permissions) stored_.permissions = *change.permissions;
    if (change.user) stored_.user = *change.user;
    if (change.group) stored_.group = *change.group;
    if (change.accessed) stored_.accessed = *change.accessed;
    if (change.modified) stored_.modified = *change.modified;
    touch_changed();
    return {};
}

void RamNode::touch_modified() { stored_.modified = stored_.changed = volume.now(); }

void RamNode::touch_accessed(Location const& at) {
    auto const& how = at.mount->flags;
    auto& node = static_cast<RamNode&>(at.inode());
    bool const untouched = how.no_access_times || how.read_only || node.volume.read_only ||
                           (how.no_folder_access_times && node.folder());
    if (!untouched) node.touch_accessed(how.strict_access_times);
}

void RamNode::touch_accessed(bool strict) {
    constexpr std::int64_t day = 24 * 60 * 60;
    auto const older = [](Timestamp const& a, Timestamp const& b) {
        return a.seconds != b.seconds ? a.seconds < b.seconds : a.nanoseconds <= b.nanoseconds;
    };
    bool const stale =
        older(stored_.accessed, stored_.modified) || older(stored_.accessed, stored_.changed);
    auto const now = volume.now();
    if (strict || stale || now.seconds - stored_.accessed.seconds >= day) stored_.accessed = now;
}

Result<Ref<File>> RamNode::open(OpenRequest const& request) {
    switch (type) {
    case FileType::character_device:
    case FileType::block_device: return ram().devices.open(type, stored_.device, request);
    case FileType::fifo: return PipeFile::open_fifo(pipe_, request);
    case FileType::symlink: return fail(Errno::loop);
    default: return fail(Errno::nxio); // a socket
    }
}

} // namespace personality

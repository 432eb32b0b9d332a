#include <servers/linux/fs/ram/ram_node.hpp>

#include <servers/linux/fs/device/devices.hpp>
#include <servers/linux/fs/file.hpp>
#include <servers/linux/fs/pipe/pipe.hpp>
#include <servers/linux/fs/pipe/pipe_file.hpp>
#include <servers/linux/fs/ram/ram_file.hpp>
#include <servers/linux/fs/ram/ram_folder.hpp>
#include <servers/linux/fs/ram/ram_link.hpp>

#include <cstring>

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

RamNode::~RamNode() { ram().nodes--; }

void RamNode::set_pipe(Ref<Pipe> pipe) { pipe_ = std::move(pipe); }

Result<Ref<RamNode>> RamNode::create_node(RamVolume& of, NewNode const& node) {
    if (of.nodes >= of.node_limit) return fail(Errno::nospc);
    Ref<RamNode> made;
    if (node.type == FileType::folder) {
        made = make<RamFolder>(of, node);
    } else if (node.type == FileType::regular) {
        auto contents = make<FileContents>(of.environment.frames, of.quota);
        if (contents) made = make<RamFile>(of, node, contents);
    } else if (node.type == FileType::symlink) {
        std::unique_ptr<char[]> text(new (std::nothrow) char[node.target.size() + 1]);
        if (text) {
            std::memcpy(text.get(), node.target.data(), node.target.size());
            made = make<RamLink>(of, node, std::move(text));
        }
    } else {
        made = make<RamNode>(of, node);
    }
    if (!made) return fail(Errno::nomem);
    return made;
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

void RamNode::touch_accessed() {
    constexpr std::int64_t day = 24 * 60 * 60;
    auto const older = [](Timestamp const& a, Timestamp const& b) {
        return a.seconds != b.seconds ? a.seconds < b.seconds : a.nanoseconds <= b.nanoseconds;
    };
    bool const stale =
        older(stored_.accessed, stored_.modified) || older(stored_.accessed, stored_.changed);
    auto const now = volume.now();
    if (stale || now.seconds - stored_.accessed.seconds >= day) stored_.accessed = now;
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

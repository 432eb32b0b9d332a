#include <servers/linux/fs/file_system.hpp>

#include <servers/linux/fs/archive_filler.hpp>
#include <servers/linux/fs/file_context.hpp>
#include <servers/linux/fs/node_operations.hpp>
#include <servers/linux/fs/pipe/pipe_file.hpp>
#include <servers/linux/fs/ram/ram_node.hpp>
#include <servers/linux/fs/terminal/pts_volume.hpp>
#include <servers/linux/fs/terminal/terminal.hpp>

#include <array>
#include <charconv>

namespace personality {

namespace {

struct Folder {
    std::string_view path;
    std::uint16_t permissions;
};
constexpr Folder first_folders[] = {{"/dev", 0755},  {"/dev/pts", 0755}, {"/dev/shm", 01777},
                                    {"/proc", 0555}, {"/svc", 0555},     {"/sys", 0555},
                                    {"/tmp", 01777}, {"/root", 0700},    {"/run", 0755}};

struct Device {
    std::string_view name;
    DeviceNumber number;
    std::uint16_t permissions;
};
constexpr Device first_devices[] = {
    {"null", {1, 3}, 0666},   {"zero", {1, 5}, 0666},    {"full", {1, 7}, 0666},
    {"random", {1, 8}, 0666}, {"urandom", {1, 9}, 0666}, {"tty", {5, 0}, 0666},
    {"ptmx", {5, 2}, 0666},   {"console", {5, 1}, 0600}, {"ttyS0", {4, 64}, 0660},
    {"ttyS1", {4, 65}, 0660},
};

struct Link {
    std::string_view name, target;
};
constexpr Link first_links[] = {{"fd", "/proc/self/fd"},
                                {"stdin", "/proc/self/fd/0"},
                                {"stdout", "/proc/self/fd/1"},
                                {"stderr", "/proc/self/fd/2"}};

} // namespace

FileSystem::FileSystem(Environment& of) : environment(of), memory(of.frames), devices(of.random) {}

FileSystem::~FileSystem() {
    dev_root = nullptr; // before its volume's tree is taken apart
}

Result<> FileSystem::start() {
    // As tmpfs has it: half as many nodes as there are pages.
    auto const most_nodes = environment.frames.total() / 2 + 1024;
    root_volume_ = make<RamVolume>(environment, memory, devices, next_minor(), "tmpfs", most_nodes);
    nameless_volume_ =
        make<RamVolume>(environment, memory, devices, next_minor(), "pipefs", most_nodes);
    if (!root_volume_ || !nameless_volume_) return fail(Errno::nomem);
    // Files may not take the memory that programs need to take notice of it.
    auto const pages = environment.frames.total();
    root_volume_->quota.limit = pages - pages / 8;
    nameless_volume_->quota.limit = pages / 2; // files of memfd_create
    epoll_books.set_limit(pages);
    devices.console = make<Terminal>(DeviceNumber{4, 64});
    if (!devices.console) return fail(Errno::nomem);
    auto root = TRY(root_volume_->make_root(0755));
    TRY(mounts.mount(std::move(root), {}, "tmpfs"));
    auto nameless_root = TRY(nameless_volume_->make_root(0));
    nameless_mount_ = make<Mount>(std::move(nameless_root), Location{}, std::uint32_t{1});
    if (!nameless_mount_) return fail(Errno::nomem);

    auto const dev_volume =
        make<RamVolume>(environment, memory, devices, next_minor(), "devtmpfs", most_nodes);
    if (!dev_volume) return fail(Errno::nomem);
    dev_volume->quota.limit = root_volume_->quota.limit;
    dev_root = TRY(dev_volume->make_root(0755));
    TRY(mount(dev_root, "/dev", "devtmpfs"));
    for (auto const& folder : first_folders) TRY(make_folders(folder.path, folder.permissions));
    auto const dev = TRY(find("/dev"));
    Actor const nobody;
    for (auto const& device : first_devices) {
        NewNode const node{.type = FileType::character_device,
                           .permissions = device.permissions,
                           .device = device.number};
        TRY(create_node(Slot{.folder = dev, .name = device.name}, node, nobody));
    }
    for (auto const& link : first_links) {
        NewNode const node{.type = FileType::symlink, .permissions = 0777, .target = link.target};
        TRY(create_node(Slot{.folder = dev, .name = link.name}, node, nobody));
    }
    TRY(mount_pts(*this));
    return {};
}

Result<std::size_t> FileSystem::fill(std::span<std::byte const> archives) {
    ArchiveFiller filler(*this);
    return filler.fill(archives);
}

Result<Ref<FileContext>> FileSystem::first_context() const {
    auto context = make<FileContext>(mounts.root(), mounts.root());
    if (!context) return fail(Errno::nomem);
    return context;
}

Result<Location> FileSystem::find(std::string_view path) const {
    Actor const nobody;
    FileContext const context(mounts.root(), mounts.root());
    PathWalk walk(mounts, context, nobody);
    return walk.find(context.root, path);
}

Result<Location> FileSystem::make_folders(std::string_view path, std::uint16_t permissions) {
    Actor const nobody;
    for (std::size_t end = 0; end != path.size();) {
        end = std::min(path.find('/', end + 1), path.size());
        FileContext const context(mounts.root(), mounts.root());
        PathWalk walk(mounts, context, nobody);
        auto const slot = TRY(walk.find_slot_followed(context.root, path.substr(0, end)));
        if (slot.found && slot.found.folder()) continue;
        auto const bits = end == path.size() ? permissions : std::uint16_t{0755};
        TRY(create_node(slot, NewNode{.type = FileType::folder, .permissions = bits}, nobody));
    }
    return find(path);
}

Result<Ref<Mount>> FileSystem::mount(Ref<Entry> root, std::string_view path,
                                     std::string_view source) {
    auto on = TRY(make_folders(path, 0755));
    return mounts.mount(std::move(root), std::move(on), source);
}

Result<Location> FileSystem::anonymous(std::string_view name) {
    if (!anonymous_inode_)
        anonymous_inode_ = TRY(RamNode::create_node(
            *nameless_volume_, NewNode{.type = FileType::unknown, .permissions = 0600}));
    auto entry = TRY(Entry::create(nullptr, name, anonymous_inode_));
    return Location{nameless_mount_, std::move(entry)};
}

Result<Location> FileSystem::nameless(std::string_view kind, FileType type,
                                      std::uint16_t permissions, Actor const& owner) {
    auto const inode = TRY(RamNode::create_node(
        *nameless_volume_,
        NewNode{
            .type = type, .permissions = permissions, .user = owner.user, .group = owner.group}));
    std::array<char, 48> name;
    auto* const at = std::copy(kind.begin(), kind.end(), name.begin());
    std::copy_n(":[", 2, at);
    auto* const end = std::to_chars(at + 2, name.end() - 1, inode->number).ptr;
    *end = ']';
    std::string_view const text(name.data(), static_cast<std::size_t>(end + 1 - name.data()));
    auto entry = TRY(Entry::create(nullptr, text, inode));
    return Location{nameless_mount_, std::move(entry)};
}

Result<FileSystem::PipeEnds> FileSystem::make_pipe(std::uint32_t flags, Actor const& owner) {
    constexpr std::uint16_t owner_alone = 0600;
    auto const at = TRY(nameless("pipe", FileType::fifo, owner_alone, owner));
    auto const pipe = make<Pipe>(environment.frames);
    if (!pipe) return fail(Errno::nomem);
    static_cast<RamNode&>(at.inode()).set_pipe(pipe);
    auto reader = make<PipeFile>(at, flags | open_flag::read_only, pipe);
    auto writer = make<PipeFile>(at, flags | open_flag::write_only, pipe);
    if (!reader || !writer) return fail(Errno::nomem);
    return PipeEnds{std::move(reader), std::move(writer), pipe};
}

} // namespace personality

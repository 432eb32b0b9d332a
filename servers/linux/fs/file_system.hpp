#pragma once
// The file tree of a container: its mounts, its devices, and the volumes that have no place in the
// tree (pipes). One instance belongs to System.

#include <servers/linux/environment.hpp>
#include <servers/linux/fs/device/devices.hpp>
#include <servers/linux/fs/epoll/epoll_books.hpp>
#include <servers/linux/fs/file.hpp>
#include <servers/linux/fs/mount_table.hpp>
#include <servers/linux/fs/notify/notify_file.hpp>
#include <servers/linux/fs/path.hpp>
#include <servers/linux/fs/pipe/pipe.hpp>
#include <servers/linux/fs/ram/ram_volume.hpp>
#include <servers/linux/fs/socket/unix_domain.hpp>

#include <span>
#include <string_view>

namespace personality {

class FileContext;

class FileSystem {
public:
    explicit FileSystem(Environment& environment);
    FileSystem(FileSystem const&) = delete;
    FileSystem& operator=(FileSystem const&) = delete;
    ~FileSystem();

    /// An empty root with the folders that everything expects (/dev, /proc, /tmp ...) and the nodes
    /// of /dev. Call once, before anything else. ENOMEM.
    Result<> start();
    /// Add what the boot archives hold, later ones over earlier ones. `window` is where the frames
    /// of the archives begin, as FramePool::add_archive had it. Returns how many nodes could not
    /// be added.
    Result<std::size_t> fill(std::span<std::byte const> archives);

    /// Where the first program stands.
    Result<Ref<FileContext>> first_context() const;

    Environment& environment;
    SmallMemory memory; ///< of all entries and inodes
    MountTable mounts;
    Devices devices;
    NotifyFiles notify_files;
    /// The root of /proc, for those who mount it once more.
    Ref<Entry> proc_root;
    Ref<Entry> sys_root; ///< the same of /sys
    Ref<Entry> dev_root; ///< and of /dev
    /// /dev/pts as it was mounted first.
    Ref<Mount> pts;

    /// Mount a volume's root on an existing folder, which is made if it is missing.
    Result<Ref<Mount>> mount(Ref<Entry> root, std::string_view path, std::string_view source);
    std::uint32_t next_minor() { return next_minor_++; }

    struct PipeEnds {
        Ref<File> reader, writer;
        Ref<Pipe> pipe; ///< what both are ends of, for the server's own use
    };
    Result<PipeEnds> make_pipe(std::uint32_t flags, Actor const& owner = {});
    /// A place for something that has no place in the tree: "kind:[number]" in /proc/PID/fd.
    Result<Location> nameless(std::string_view kind, FileType type,
                              std::uint16_t permissions = 0600, Actor const& owner = {});
    /// A place for what is no more than an open file: "anon_inode:[eventfd]". They share one inode.
    Result<Location> anonymous(std::string_view name);
    EpollBooks epoll_books;
    UnixDomain sockets{*this};

    /// In the server's own name: what is at an absolute path.
    Result<Location> find(std::string_view path) const;
    /// In the server's own name: make a folder and those above it, if they are missing.
    Result<Location> make_folders(std::string_view path, std::uint16_t permissions);

private:
    std::uint32_t next_minor_ = 1;
    Ref<RamVolume> root_volume_;
    Ref<RamVolume> nameless_volume_;
    Ref<Mount> nameless_mount_;
    Ref<Inode> anonymous_inode_;
};

} // namespace personality

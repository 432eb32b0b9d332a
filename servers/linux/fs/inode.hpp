#pragma once
// An inode: a file, folder, link or device, whatever names it has. Every file system derives its
// own kinds. The methods take for granted that the caller has checked names and permissions
// (node_operations.hpp); each default is what Linux answers for a kind that can't do it.

#include <servers/linux/errno.hpp>
#include <servers/linux/fs/attributes.hpp>
#include <servers/linux/fs/record_locks.hpp>
#include <servers/linux/fs/ref.hpp>
#include <servers/linux/fs/volume.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace personality {

class Entry;
class File;
class NameTable;
class Watch;
class PageSource;
struct Actor;
struct Location;
struct OpenRequest;

/// What is to be made by Inode::create.
struct NewNode {
    FileType type = FileType::regular;
    std::uint16_t permissions = 0;
    std::uint32_t user = 0;
    std::uint32_t group = 0;
    DeviceNumber device{};
    std::string_view target{}; ///< of a symbolic link
};

/// Which attributes chmod, chown and utimensat set; what is absent stays.
struct AttributeChange {
    std::optional<std::uint16_t> permissions{};
    std::optional<std::uint32_t> user{}, group{};
    std::optional<Timestamp> accessed{}, modified{};
};

/// Where Inode::list puts what it finds; false from `add` ends the listing before that entry.
class Listing {
public:
    virtual ~Listing() = default;
    /// `next` is the position to go on from behind this entry.
    virtual bool add(std::string_view name, std::uint64_t number, FileType type,
                     std::uint64_t next) = 0;
};

class Inode : public Counted {
public:
    Inode(Volume& of, std::uint64_t inode_number, FileType kind)
        : volume(of), number(inode_number), type(kind), record_locks(of.memory),
          whole_locks(of.memory) {
        volume.retain();
    }

    Volume& volume;
    std::uint64_t const number;
    FileType const type;

    bool folder() const { return type == FileType::folder; }

    virtual Attributes attributes() const = 0;
    /// The same, as far as permissions need it.
    virtual Access access() const { return attributes(); }
    virtual Result<> change(AttributeChange const& change);
    virtual Result<> resize(std::uint64_t bytes);
    /// A file for a new descriptor. `request` has been checked.
    virtual Result<Ref<File>> open(OpenRequest const& request);

    // Folders. `here` is the entry by which the folder was reached.
    virtual Result<Ref<Entry>> lookup(Entry& here, std::string_view name, Actor const& actor);
    virtual Result<Ref<Entry>> create(Entry& here, std::string_view name, NewNode const& node);
    /// The same for a file without a name (O_TMPFILE): `here` does not list it.
    virtual Result<Ref<Entry>> create_nameless(Entry& here, NewNode const& node);
    virtual Result<Ref<Entry>> link(Entry& here, std::string_view name, Ref<Inode> inode);
    virtual Result<> remove(Entry& here, Entry& child);
    /// `replaced` may be null, and is empty if it is a folder; `to` is of the same file system.
    virtual Result<> rename(Entry& child, Entry& to, std::string_view name, Entry* replaced);
    virtual Result<> exchange(Entry& child, Entry& other);
    virtual bool empty() const { return true; }
    /// The entries from `position` on (2 is the first: `.` and `..` are the caller's), in an order
    /// that stays while others come and go.
    virtual Result<> list(Entry& here, std::uint64_t position, Listing& listing);

    /// All entries, of a folder that keeps them at hand: then a path's way needs no more.
    NameTable const* name_table = nullptr;

    // Symbolic links.
    /// The target; it lies in the inode or in `scratch`.
    virtual Result<std::string_view> target(std::span<char> scratch, Actor const& actor);
    /// Links that lead to an object rather than to a name (/proc/self/exe): where to.
    virtual std::optional<Result<Location>> jump(Actor const& actor);

    /// Made without a name (O_TMPFILE): it may be given one, though it has no links.
    bool nameless = false;

    /// Who is told what happens to it (notify/).
    Watch* first_watch = nullptr;

    RecordLocks record_locks;
    WholeLocks whole_locks;
    /// Descriptions that may write; or, below zero, programs being run that forbid it (ETXTBSY).
    int writers = 0;

protected:
    ~Inode() override { volume.release(); }
};

} // namespace personality

#pragma once
// A volume: one mounted file system, that is, what all inodes of one st_dev share.

#include <servers/linux/environment.hpp>
#include <servers/linux/fs/attributes.hpp>
#include <servers/linux/fs/pages/small_memory.hpp>
#include <servers/linux/fs/ref.hpp>

#include <cstdint>
#include <string_view>

namespace personality {

class Text;
class Watch;

/// What statfs tells; sizes in pages.
struct VolumeStatistics {
    std::uint64_t magic = 0; ///< linux/magic.h
    std::uint64_t blocks = 0;
    std::uint64_t blocks_free = 0;
    std::uint64_t nodes = 0;
    std::uint64_t nodes_free = 0;
};

class Volume : public Counted {
public:
    Volume(Environment& of, SmallMemory& pieces, std::uint32_t minor, std::string_view kind)
        : environment(of), memory(pieces), device{0, minor}, type(kind) {}

    Environment& environment;
    SmallMemory& memory;       ///< for entries and inodes
    DeviceNumber const device; ///< st_dev of its inodes
    std::string_view const type;

    virtual VolumeStatistics statistics() const = 0;

    /// What /proc/mounts tells of it beside its flags, each with a comma before it.
    virtual void put_options(Text&) const {}
    /// Whether an inode is the same one whenever it is looked up, as long as it has names.
    virtual bool keeps_inodes() const { return false; }
    /// All watches of its inodes (notify/).
    Watch* first_watch = nullptr;

    /// Nothing in it may change, through whatever mount.
    bool read_only = false;
    /// How many mounts show it.
    std::uint32_t mounts = 0;
    /// The last mount went, and with it everybody who stood in it or had a file of it open.
    virtual void unmounted() {}

    Timestamp now() const { return Timestamp::from_ns(environment.clock.realtime()); }
    std::uint64_t next_number() { return ++last_number_; }

private:
    std::uint64_t last_number_ = 0;
};

} // namespace personality

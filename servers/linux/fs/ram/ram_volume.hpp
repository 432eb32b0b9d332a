#pragma once
// The in-memory file system: a volume whose tree and contents are the server's own memory. It is
// the root of a container, filled from the boot archives, and every tmpfs.

#include <servers/linux/fs/location.hpp>
#include <servers/linux/fs/pages/file_contents.hpp>
#include <servers/linux/fs/volume.hpp>

namespace personality {

class Devices;

class RamVolume final : public Volume {
public:
    static constexpr std::uint64_t magic = 0x0102'1994; // TMPFS_MAGIC

    /// `max_nodes` bounds the memory that names and inodes may take.
    RamVolume(Environment& of, SmallMemory& pieces, Devices& device_table, std::uint32_t minor,
              std::string_view kind, std::uint64_t max_nodes)
        : Volume(of, pieces, minor, kind), devices(device_table), node_limit(max_nodes) {}

    /// The entry of its root folder, made anew: call it once. ENOMEM.
    Result<Ref<Entry>> make_root(std::uint16_t permissions);
    /// Takes the tree apart, since entries and folders keep each other alive.
    void unmounted() override;

    VolumeStatistics statistics() const override;
    bool keeps_inodes() const override { return true; }

    Devices& devices;
    PageQuota quota;
    std::uint64_t const node_limit;
    std::uint64_t nodes = 0;

private:
    Ref<Entry> root_;
};

} // namespace personality

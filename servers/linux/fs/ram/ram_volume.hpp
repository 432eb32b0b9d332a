#pragma once
// The in-memory file system: a volume whose tree and contents are the server's own memory. It is
// the root of a container, filled from the boot archives, and every tmpfs.

#include <servers/linux/fs/location.hpp>
#include <servers/linux/fs/pages/file_contents.hpp>
#include <servers/linux/fs/volume.hpp>

#include <optional>

namespace personality {

class Devices;

/// What mount is told of a tmpfs. What was not said is not shown.
struct RamOptions {
    std::optional<std::uint64_t> pages; ///< 0: no limit
    std::optional<std::uint64_t> nodes; ///< 0: no limit
    std::uint16_t permissions = 01777;
    std::uint32_t user = 0, group = 0;
};

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

    /// Take limits from what mount was told. EINVAL: more is there already.
    Result<> limit(RamOptions const& given);
    void put_options(Text& text) const override;

    Devices& devices;
    PageQuota quota;
    std::uint64_t node_limit;
    std::uint64_t nodes = 0;

private:
    Ref<Entry> root_;
    RamOptions options_;
};

} // namespace personality

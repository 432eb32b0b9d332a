#pragma once
// /dev/pts (devpts): a node for each pseudo-terminal whose master is open, and ptmx.

#include <servers/linux/fs/entry.hpp>
#include <servers/linux/fs/generated/generated_node.hpp>
#include <servers/linux/fs/location.hpp>
#include <servers/linux/fs/terminal/pseudo_terminal.hpp>

namespace personality {

class FileSystem;

class PtsVolume final : public GeneratedVolume {
public:
    static constexpr std::uint64_t magic = 0x1cd1; // DEVPTS_SUPER_MAGIC

    PtsVolume(Environment& environment_of, SmallMemory& pieces, std::uint32_t minor,
              PseudoTerminals& of)
        : GeneratedVolume(environment_of, pieces, minor, "devpts", magic), table(of) {}

    /// A new root entry. ENOMEM.
    Result<Ref<Entry>> make_root();

    PseudoTerminals& table;
};

/// Make it and mount it. The one instance is what every later mount of devpts shows.
Result<> mount_pts(FileSystem& files);
/// Where the slave of this number is, seen from the first mount. ENOENT.
Result<Location> find_slave(FileSystem& files, std::uint32_t number);

} // namespace personality

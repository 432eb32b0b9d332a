#pragma once
// /svc: the services of the system, to be looked at and steered from any shell.
//
//     /svc/NAME/status    its state, in lines of a name and a value
//     /svc/NAME/log       what it printed, as far back as its ring goes; reading on finds what is
//     new /svc/NAME/crash     the record of its last crash /svc/NAME/control   write restart, stop,
//     start or kill

#include <servers/linux/fs/entry.hpp>
#include <servers/linux/fs/generated/generated_node.hpp>
#include <servers/linux/fs/svc/service_link.hpp>

namespace personality {

class FileSystem;

class SvcVolume final : public GeneratedVolume {
public:
    static constexpr std::uint64_t magic = 0x534b'5356; // ours alone

    SvcVolume(ServiceLink& of, Environment& environment_of, SmallMemory& pieces,
              std::uint32_t minor)
        : GeneratedVolume(environment_of, pieces, minor, "svc", magic), link(of) {}

    Result<Ref<Entry>> make_root();

    ServiceLink& link;
};

/// Make /svc and mount it. `link` outlives the file system.
Result<> mount_svc(FileSystem& files, ServiceLink& link);

} // namespace personality

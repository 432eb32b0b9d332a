#pragma once
// The devices that a container knows, by their numbers: what opening a device node leads to.

#include <servers/linux/fs/file.hpp>

namespace personality {

class Random;
class Terminal;

class Devices {
public:
    explicit Devices(Random& source);
    ~Devices();

    Random& random;
    /// What /dev/console is; none: ENXIO.
    Ref<Terminal> console;

    Result<Ref<File>> open(FileType type, DeviceNumber number, OpenRequest const& request);
};

} // namespace personality

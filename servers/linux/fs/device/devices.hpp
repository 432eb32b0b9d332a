#pragma once
// The devices that a container knows, by their numbers: what opening a device node leads to.

#include <servers/linux/fs/file.hpp>
#include <servers/linux/fs/terminal/pseudo_terminal.hpp>

namespace personality {

class Random;
class Terminal;

class Devices {
public:
    explicit Devices(Random& source);
    ~Devices();

    Random& random;
    /// What /dev/console and /dev/ttyS0 are; none: ENXIO.
    Ref<Terminal> console;
    /// The terminal of a command on the framed channel, as /dev/ttyS1; none: ENXIO.
    Ref<Terminal> command;
    PseudoTerminals pseudo_terminals;

    Result<Ref<File>> open(FileType type, DeviceNumber number, OpenRequest const& request);
};

} // namespace personality

#include <servers/linux/fs/device/devices.hpp>

#include <servers/linux/fs/device/memory_device.hpp>
#include <servers/linux/fs/terminal/master_file.hpp>
#include <servers/linux/fs/terminal/terminal_file.hpp>
#include <servers/linux/process/process.hpp>
#include <servers/linux/process/task.hpp>

namespace personality {

namespace {

constexpr std::uint32_t memory = 1, serial = 4, other_terminals = 5;
constexpr DeviceNumber first_serial{serial, 64}, second_serial{serial, 65},
    own_terminal{other_terminals, 0}, console_device{other_terminals, 1},
    pseudo_terminal_maker{other_terminals, 2};

/// /dev/tty: whatever controls the caller's session.
Result<Ref<File>> open_own_terminal(OpenRequest const& request) {
    if (request.task == nullptr || request.task->process.left_terminal) return fail(Errno::nxio);
    auto* const terminal = request.task->process.group->session->terminal;
    if (terminal == nullptr) return fail(Errno::nxio);
    return TerminalFile::open(Ref(terminal), request, false);
}

} // namespace

Devices::Devices(Random& source) : random(source) {}
Devices::~Devices() = default;

Result<Ref<File>> Devices::open(FileType type, DeviceNumber number, OpenRequest const& request) {
    if (type != FileType::character_device) return fail(Errno::nxio);
    if (number.major == memory) return MemoryDevice::open(number.minor, request, random);
    if (number == own_terminal) return open_own_terminal(request);
    if (number == console_device || number == first_serial) {
        if (!console) return fail(Errno::nxio);
        return TerminalFile::open(console, request, true);
    }
    if (number == second_serial) {
        if (!command) return fail(Errno::nxio);
        return TerminalFile::open(command, request, true);
    }
    if (number == pseudo_terminal_maker) return MasterFile::open(pseudo_terminals, request);
    // A node like those in /dev/pts, made elsewhere: it stands for nothing.
    if (number.major == PseudoTerminals::slave_major) return fail(Errno::io);
    return fail(Errno::nxio);
}

} // namespace personality

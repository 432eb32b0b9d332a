// Drives the emulator's devices, alone on the kernel.

#include <tests/devices/groups.hpp>

#include <runtime/lab/groups.hpp>

namespace {

constexpr lab::Group groups[] = {
    {"devices/edu", devices::drive_edu},
    {"devices/virtio", devices::drive_virtio},
};

} // namespace

int main() { return lab::run_groups(groups, "devices/the-system-is-still-there"); }

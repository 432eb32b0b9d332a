// Drives the emulator's devices, alone on the kernel.

#include <tests/devices/groups.hpp>

#include <runtime/lab/kit.hpp>
#include <runtime/lab/outcome.hpp>

#include <string_view>

namespace {

struct Group {
    std::string_view name;
    void (*run)();
};

constexpr Group groups[] = {
    {"devices/edu", devices::drive_edu},
    {"devices/virtio", devices::drive_virtio},
};

} // namespace

int main() {
    auto const only = lab::argument("only=");
    for (auto const& group : groups)
        if (group.name.starts_with(only)) group.run();
    {
        lab::Outcome const last("devices/the-system-is-still-there");
    }
    return lab::kit().control.power_off().has_value() ? 0 : 1;
}

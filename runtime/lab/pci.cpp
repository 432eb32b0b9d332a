#include <runtime/lab/pci.hpp>

#include <base/address.hpp>
#include <runtime/device/pci_ports.hpp>
#include <runtime/environment.hpp>
#include <runtime/lab/kit.hpp>
#include <runtime/lab/must.hpp>

#include <array>
#include <optional>

namespace lab {

namespace {

/// Each region of device memory, once somebody wanted a part of it.
device::DeviceMemory const& region_of(std::uint64_t physical, std::uint64_t bytes) {
    static std::array<std::optional<device::DeviceMemory>, abi::max_boot_regions> taken;
    auto const* const boot = runtime::environment().boot;
    if (boot == nullptr) give_up("device memory", abi::Error::not_supported);
    for (std::uint32_t i = 0; i < boot->regions; i++) {
        auto const& region = boot->region[i];
        if (region.type != abi::RegionType::device || physical < region.physical ||
            physical - region.physical >= region.bytes)
            continue;
        if (!taken[i])
            taken[i].emplace(
                must(device::DeviceMemory::take(runtime::Untyped(region.cap), kit().memory),
                     "device memory"));
        if (taken[i]->covers(physical, bytes)) return *taken[i];
    }
    give_up("device memory", abi::Error::out_of_range);
}

} // namespace

device::PciConfig const& pci() {
    static device::PciPorts const ours(
        lab::ports("pci", device::PciPorts::first_port, device::PciPorts::ports));
    return ours;
}

DeviceRange::DeviceRange(std::uint64_t physical, std::uint64_t bytes)
    : memory_(must(region_of(physical, bytes).part(physical, bytes), "a part of device memory")),
      mapping_(must(runtime::map(memory_, base::align_up(bytes, abi::page_bytes)), "map it")) {
    if (!base::aligned(physical, abi::page_bytes))
        give_up("a device's range", abi::Error::misaligned);
}

DeviceRange map_bar(device::PciFunction const& function, unsigned number) {
    auto const bar = must(function.bar(number), "a BAR");
    if (bar.ports || bar.bytes == 0) give_up("a BAR of memory", abi::Error::not_supported);
    must(function.command(device::pci::command::memory), "its decoder");
    return DeviceRange(bar.address, bar.bytes);
}

} // namespace lab

#include <runtime/lab/kit.hpp>

#include <runtime/lab/must.hpp>
#include <runtime/own.hpp>
#include <runtime/start_page.hpp>

#include <charconv>

namespace lab {

namespace {

runtime::Untyped largest_region(abi::BootInfo const& boot) {
    abi::BootRegion const* largest = nullptr;
    for (auto const& region : std::span(boot.region).first(boot.regions))
        if (region.type == abi::RegionType::untyped &&
            (largest == nullptr || region.bytes > largest->bytes))
            largest = &region;
    if (largest == nullptr) give_up("there is no memory", abi::Error::no_memory);
    return runtime::Untyped(largest->cap);
}

/// The capability that the manifest grants.
abi::CapAddress granted(std::string_view name, protocols::ResourceType type) {
    auto const* resource = runtime::start().resource(name, type);
    if (resource == nullptr) give_up(name, abi::Error::bad_capability);
    return resource->cap;
}

runtime::Untyped largest_memory() {
    if (auto const* boot = runtime::environment().boot) return largest_region(*boot);
    protocols::Resource const* largest = nullptr;
    for (auto const& resource : runtime::start().resources())
        if (resource.type == protocols::ResourceType::untyped &&
            (largest == nullptr || resource.count > largest->count))
            largest = &resource;
    if (largest == nullptr) give_up("no memory is granted", abi::Error::no_memory);
    return runtime::Untyped(largest->cap);
}

} // namespace

Kit const& kit() {
    static Kit const ours = [] {
        runtime::Thread const self(runtime::first_thread);
        // The first process has the highest priority, where nobody can be above it.
        if (runtime::environment().boot != nullptr) must(self.set_priority(100), "our priority");
        return Kit{
            .memory = largest_memory(),
            .control = runtime::Control(runtime::environment().log_control),
            .priority = must(self.inspect(), "our own thread").priority,
        };
    }();
    return ours;
}

std::string_view argument(std::string_view key) {
    auto const& environment = runtime::environment();
    auto const all =
        environment.boot != nullptr
            ? std::string_view(environment.boot->command_line, environment.boot->command_line_bytes)
            : runtime::start().arguments();
    auto const at = all.find(key);
    if (at == all.npos) return {};
    auto const value = all.substr(at + key.size());
    return value.substr(0, value.find_first_of(" \0"));
}

abi::Word setting(std::string_view key, abi::Word otherwise) {
    auto const digits = argument(key);
    std::from_chars(digits.data(), digits.data() + digits.size(), otherwise);
    return otherwise;
}

runtime::IoPorts ports(std::string_view name, std::uint16_t first, std::uint16_t count) {
    if (runtime::environment().boot == nullptr)
        return runtime::IoPorts(granted(name, protocols::ResourceType::io_ports));
    runtime::IoPorts const all(abi::CapAddress{abi::boot_slot::io_ports, 1});
    return must(runtime::mint(all, abi::all_rights, first, count), name).release();
}

runtime::Interrupt interrupt(std::string_view name, std::uint32_t line) {
    if (runtime::environment().boot == nullptr)
        return runtime::Interrupt(granted(name, protocols::ResourceType::interrupt));
    return must(kit().control.make_interrupt(kit().memory, line, 0), name).release();
}

} // namespace lab

#include <protocols/start_page.hpp>
#include <runtime/boot_memory.hpp>
#include <runtime/environment.hpp>
#include <runtime/object/address_space.hpp>
#include <runtime/object/untyped.hpp>
#include <runtime/own.hpp>

#include <algorithm>

namespace runtime {

[[gnu::weak]] extern constinit std::size_t const boot_heap_bytes = std::size_t{8} << 20;
[[gnu::weak]] extern constinit std::size_t const boot_objects_bytes = std::size_t{4} << 20;

namespace detail {

namespace {

template <class T> T must(base::Result<T> result) {
    if (!result) __builtin_trap();
    return *std::move(result);
}

Untyped largest_ram(abi::BootInfo const& info) {
    auto const regions =
        std::span(info.region).first(std::min(info.regions, abi::max_boot_regions));
    abi::BootRegion const* largest = nullptr;
    for (auto const& region : regions)
        if (region.type == abi::RegionType::untyped &&
            (largest == nullptr || region.bytes > largest->bytes))
            largest = &region;
    if (largest == nullptr) __builtin_trap();
    return Untyped(largest->cap);
}

} // namespace

BootMemory take_boot_memory(abi::BootInfo const& info) {
    auto const ram = largest_ram(info);
    auto const objects = must(ram.split(boot_objects_bytes)).release();
    auto const memory = must(ram.make_memory(boot_heap_bytes)).release();

    AddressSpace const space(own_space);
    auto const attachment = must(space.attach(memory));
    auto const mapped = space.map(attachment, protocols::heap_base, 0,
                                  boot_heap_bytes / abi::page_bytes, abi::Protection::read_write);
    if (mapped.error != abi::Error::ok) __builtin_trap();
    return {ram.address(),
            objects.address(),
            {reinterpret_cast<std::byte*>(protocols::heap_base), boot_heap_bytes}};
}

} // namespace detail
} // namespace runtime

#include <base/address.hpp>
#include <protocols/start_page.hpp>
#include <runtime/lock.hpp>
#include <runtime/memory.hpp>
#include <runtime/object/address_space.hpp>
#include <runtime/own.hpp>
#include <runtime/unit_map.hpp>

#include <algorithm>
#include <array>

namespace runtime {

namespace {

constexpr std::size_t unit_bytes = abi::large_page_bytes;
constexpr std::size_t units = 65536; // 128 GiB
/// What one call maps at most (abi::SpaceMap).
constexpr std::size_t pages_per_call = std::size_t{1} << 18;

/// The addresses from free_base on.
struct Addresses {
    Lock lock;
    std::array<std::uint64_t, UnitMap::words_for(units)> taken{};
    UnitMap map __attribute__((guarded_by(lock))){taken, units};
};
constinit Addresses addresses;

std::size_t units_of(std::size_t bytes) { return (bytes + unit_bytes - 1) / unit_bytes; }

} // namespace

base::Result<abi::Word> reserve_addresses(std::size_t bytes) {
    Guard const guard(addresses.lock);
    auto const unit = addresses.map.allocate(units_of(bytes));
    if (!unit) return base::fail(abi::Error::no_memory);
    return protocols::free_base + *unit * unit_bytes;
}

void release_addresses(abi::Word address, std::size_t bytes) {
    Guard const guard(addresses.lock);
    addresses.map.release((address - protocols::free_base) / unit_bytes, units_of(bytes));
}

base::Result<Mapping> map(Memory memory, std::size_t bytes, abi::Protection protection,
                          std::size_t offset) {
    if (bytes == 0 || !base::aligned(bytes | offset, abi::page_bytes))
        return base::fail(abi::Error::misaligned);
    AddressSpace const space(own_space);
    auto const address = TRY(reserve_addresses(bytes));
    auto const attachment = space.attach(memory);
    if (!attachment) {
        release_addresses(address, bytes);
        return base::fail(attachment.error());
    }
    // From here on the handle undoes what was done.
    Mapping mapping({reinterpret_cast<std::byte*>(address), bytes}, *attachment);
    auto const pages = bytes / abi::page_bytes;
    for (std::size_t page = 0; page < pages; page += pages_per_call) {
        auto const done = space.map(*attachment, address + page * abi::page_bytes,
                                    offset / abi::page_bytes + page,
                                    std::min(pages - page, pages_per_call), protection);
        if (done.error != abi::Error::ok) return base::fail(done.error);
    }
    return mapping;
}

void Mapping::reset() {
    auto const bytes = std::exchange(bytes_, {});
    if (bytes.empty()) return;
    // Should it fail, the addresses may still be mapped and must not be used again.
    if (AddressSpace(own_space).detach(attachment_))
        release_addresses(reinterpret_cast<abi::Word>(bytes.data()), bytes.size());
}

} // namespace runtime

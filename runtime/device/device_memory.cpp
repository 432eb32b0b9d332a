#include <runtime/device/device_memory.hpp>

#include <base/address.hpp>

namespace device {

base::Result<DeviceMemory> DeviceMemory::take(runtime::Untyped range, runtime::Untyped records) {
    runtime::CapPool const pool(runtime::own_pool);
    auto const info = TRY(pool.inspect(range.address().slot()));
    // The kernel aligns large extents to large pages.
    auto const free = info.free_bytes;
    auto begin = info.physical + (info.bytes - free);
    auto const end = info.physical + info.bytes;
    if (free >= abi::large_page_bytes) begin = base::align_up(begin, abi::large_page_bytes);
    if (begin >= end) return base::fail(abi::Error::no_memory);

    DeviceMemory made;
    made.begin_ = begin;
    made.bytes_ = end - begin;
    made.memory_ = TRY(range.make_memory(made.bytes_, abi::Cache::uncached, records.address()));
    return made;
}

base::Result<runtime::Owned<runtime::Memory>> DeviceMemory::part(std::uint64_t physical,
                                                                 std::uint64_t bytes) const {
    if (!covers(physical, bytes) || bytes == 0) return base::fail(abi::Error::out_of_range);
    auto const first = (physical - begin_) / abi::page_bytes;
    auto const last = (physical - begin_ + bytes - 1) / abi::page_bytes;
    return runtime::mint(memory_.view(), abi::all_rights, first, last - first + 1);
}

} // namespace device
